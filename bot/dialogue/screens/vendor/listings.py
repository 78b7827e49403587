"""A vendor sets prices and stock in its own words: "chini bhau 95, chamal stock 40, tel sakiyo"."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.words import is_said
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.catalog import service as listings
from core.catalog import stock
from core.catalog.errors import StockBelowPromised
from core.catalog.models import Product
from core.catalog.queries import ListingView
from core.intake import service as intake
from core.intake.acts.types import Act, ActKind
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.pricing import service as pricing
from core.pricing.errors import PriceChangeHeld
from core.pricing.policy import PricingSettings, vat_basis_points
from core.quantity import LARGEST, quantity
from core.refs import ListingId
from core.settings.service import current

WHICH_LISTING, PRICE_OR_STOCK, HELD, UNSURE, ALL_LISTINGS = (
    "which_listing",
    "price_or_stock",
    "price_check",
    "listing_check",
    "all_listings",
)
PRICE, STOCK, SOLD_OUT, BACK = "price", "stock", "sold_out", "back"
# As many as one message holds; a list of buttons holds fewer, so that more are answered by their printed numbers.
_MOST_CHOICES = 24
_MOST_BUTTONS = 9
# Said of many goods in one breath; a price or a count is for one.
_FOR_SEVERAL = (SOLD_OUT, BACK)
# A bare name among those that were listed.
_NAME_ACTS = frozenset({ActKind.UNREAD, ActKind.ORDER, ActKind.NUMBER})
_MOST_NAMED = 3
_MOST_SHOWN = 12
_KINDS = {
    ActKind.PRICE: PRICE,
    ActKind.STOCK: STOCK,
    ActKind.SOLD_OUT: SOLD_OUT,
    ActKind.BACK: BACK,
    ActKind.NUMBER: None,
}
_LISTING_ACTS = frozenset(_KINDS)
_NUMBER_ACTS = frozenset({ActKind.CHOICE, ActKind.CODE, ActKind.NUMBER, ActKind.PRICE, ActKind.STOCK})


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedChange:
    """A change that the vendor wants for some goods. `what` is None if the text has only a number."""

    said: str
    what: str | None
    number: Decimal | None
    skus: tuple[str, ...]
    # Certain, and to be done now; otherwise it is read back first.
    is_sure: bool = True
    with_vat: bool = False

    def as_facts(self) -> dict[str, Any]:
        return {
            "said": self.said,
            "what": self.what,
            "number": None if self.number is None else str(self.number),
            "skus": list(self.skus),
            "is_sure": self.is_sure,
            "with_vat": self.with_vat,
        }

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> WantedChange:
        number = facts["number"]
        return cls(
            said=facts["said"],
            what=facts["what"],
            number=None if number is None else Decimal(number),
            skus=tuple(facts["skus"]),
            is_sure=facts.get("is_sure", True),
            with_vat=facts.get("with_vat", False),
        )


@dataclass(slots=True)
class _Done:
    """What was changed, the first question to ask, and what else wasn't clear."""

    prices: list[dict[str, Any]] = field(default_factory=list)
    stocks: list[dict[str, Any]] = field(default_factory=list)
    sold_out: list[Product] = field(default_factory=list)
    back: list[Product] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    # Words for several of the vendor's goods, about which no question is asked now.
    too_general: list[dict[str, Any]] = field(default_factory=list)
    # Written together at the end, so that rows are locked in one order.
    counted: dict[ListingId, tuple[Product, Decimal]] = field(default_factory=dict)
    below_promised: list[Product] = field(default_factory=list)
    question: dict[str, Any] | None = None
    ask: Ask | None = None


def sets_listings(turn: Turn) -> bool:
    """A price, a stock count, or goods that are sold out or back; a lone number only with goods."""
    act = turn.act
    if act is None or act.kind not in _LISTING_ACTS or act.orders:
        return False
    return bool(act.goods) or _asked_about(turn) is None


def set_listings(turn: Turn) -> Outcome:
    """Make the certain changes, ask about the first unclear one, and repeat the others."""
    done = _Done()
    skus = _own_skus(turn)
    for act in turn.acts:
        _carry_out(turn, _wanted_change(turn, act, skus), done)
    return _outcome(turn, done)


def answer_which(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Apply the change to the chosen goods."""
    wanted = WantedChange.from_facts(prompt.facts["wanted"])
    done = _Done()
    _carry_out(turn, _of(wanted, skus=(choice,)), done)
    return _outcome(turn, done, prompt)


def answer_which_several(turn: Turn, prompt: Prompt, choices: tuple[str, ...]) -> Outcome:
    """Apply "sold out" or "back" to each of the chosen goods: "1 3 5"."""
    wanted = WantedChange.from_facts(prompt.facts["wanted"])
    done = _Done()
    if wanted.what in _FOR_SEVERAL:
        for sku in dict.fromkeys(choices):
            _carry_out(turn, _of(wanted, skus=(sku,)), done)
    else:
        _ask(turn, wanted, done)
    return _outcome(turn, done, prompt)


def names_listed(turn: Turn) -> bool:
    """A name of some of the goods that were listed last, or "sabai"."""
    prompt = _which_asked(turn)
    return prompt is not None and (_means_all(turn, prompt) or bool(_named_of(turn, prompt)))


def take_listed(turn: Turn) -> Outcome:
    """Take the one that is named, ask again among several, and read all of them back before changing any."""
    prompt = _which_asked(turn)
    if prompt is None:
        return set_listings(turn)
    wanted = WantedChange.from_facts(prompt.facts["wanted"])
    done = _Done()
    if _means_all(turn, prompt):
        products = catalog.products_by_skus(turn.session, wanted.skus)
        listed = [products[sku] for sku in wanted.skus]
        done.question = {"kind": ALL_LISTINGS, "what": wanted.what, "listings": listed}
        done.ask = Ask(
            kind=ALL_LISTINGS, subject_id=turn.conversation_id, facts={"wanted": wanted.as_facts()}
        )
    else:
        _carry_out(turn, _of(wanted, skus=_named_of(turn, prompt)), done)
    return _outcome(turn, done, prompt)


def answer_all(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Change all of the goods that were read back, or none."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    wanted = WantedChange.from_facts(prompt.facts["wanted"])
    done = _Done()
    for sku in wanted.skus:
        _carry_out(turn, _of(wanted, skus=(sku,), is_sure=True), done)
    return _outcome(turn, done, prompt)


def _which_asked(turn: Turn) -> Prompt | None:
    """The list of goods, if it is what was asked last."""
    if turn.input.kind is not InputKind.TEXT:
        return None
    newest = max(turn.prompts, key=lambda prompt: prompt.id, default=None)
    return newest if newest is not None and newest.kind == WHICH_LISTING else None


def _means_all(turn: Turn, prompt: Prompt) -> bool:
    return prompt.facts["wanted"]["what"] in _FOR_SEVERAL and is_said(turn.text, "claim_all")


def _named_of(turn: Turn, prompt: Prompt) -> tuple[str, ...]:
    """Those of the listed goods that the text's words pick; none when it says something of its own."""
    listed = prompt.facts["wanted"]["skus"]
    act = turn.act
    if len(turn.acts) != 1 or act is None or act.kind not in _NAME_ACTS or act.orders:
        return ()
    if act.kind is ActKind.NUMBER and act.unit is None:
        return ()
    found = intake.goods_named(turn.session, turn.text, among=frozenset(listed))
    return tuple(found) if len(found) < len(listed) else ()


def answer_price_or_stock(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Set the number as the price or as the stock."""
    wanted = WantedChange.from_facts(prompt.facts["wanted"])
    done = _Done()
    _carry_out(turn, _of(wanted, what=choice), done)
    return _outcome(turn, done, prompt)


def answer_held(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Set a price that differs by more than half, or keep the old one."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    listing = catalog.get_listing(turn.session, ListingId(prompt.subject_id))
    price = Money(prompt.facts["new_minor"])
    pricing.confirm_price(turn.session, listing.listing_id, price, actor=turn.actor, now=turn.now)
    done = _Done(prices=[{"listing": _product(turn, listing), "price": price}])
    return _outcome(turn, done, prompt)


def answer_unsure(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Make the change that was read back, or don't."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    done = _Done()
    _carry_out(turn, _of(WantedChange.from_facts(prompt.facts["wanted"]), is_sure=True), done)
    return _outcome(turn, done, prompt)


def stale(_turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    """An old question about a listing: ask the vendor to say it again."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/not_understood", {"said": [], "more": 0}))


# A corrected number, after a question about it


def corrects_number(turn: Turn) -> bool:
    """A number without goods, while a question about one product's price or stock waits."""
    act = turn.act
    if act is None or act.kind not in _NUMBER_ACTS or act.goods:
        return False
    return _number(act) is not None and _asked_about(turn) is not None


def correct_number(turn: Turn) -> Outcome:
    """Use the new number instead of the one that we asked about."""
    prompt, number = _asked_about(turn), _number(turn.acts[0])
    if prompt is None or number is None:
        return set_listings(turn)
    done = _Done()
    _carry_out(turn, _of(WantedChange.from_facts(prompt.facts["wanted"]), number=number, is_sure=True), done)
    return _outcome(turn, done, prompt)


def _asked_about(turn: Turn) -> Prompt | None:
    """The newest open prompt, if it is about one listing's number."""
    waiting = [prompt for prompt in turn.prompts if prompt.opened_at <= turn.input.at]
    newest = max(waiting, key=lambda prompt: prompt.id, default=None)
    is_number = (
        newest is not None and newest.kind in (HELD, PRICE_OR_STOCK, UNSURE) and "wanted" in newest.facts
    )
    return newest if is_number else None


def _number(act: Act) -> Decimal | None:
    if act.number is not None:
        return act.number if act.is_certain and act.number >= 0 else None
    numbers = [*act.orders, *map(str, act.lines)] if act.kind in (ActKind.CHOICE, ActKind.CODE) else []
    return Decimal(numbers[0]) if len(numbers) == 1 else None


def _of(wanted: WantedChange, **changed: Any) -> WantedChange:
    return WantedChange.from_facts({**wanted.as_facts(), **_as_facts(changed)})


def _as_facts(changed: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in changed.items()}


def _own_skus(turn: Turn) -> frozenset[str]:
    own = catalog.listings_of_vendor(turn.session, turn.vendor_id)
    products = catalog.products_by_ids(turn.session, [listing.product_id for listing in own])
    return frozenset(product.sku for product in products.values())


def _wanted_change(turn: Turn, act: Act, skus: frozenset[str]) -> WantedChange:
    # The "aayo" of "asha ko aayo" and "farkera aayo" is no salt of that brand: other words must name goods, too.
    has_goods = bool(act.goods and intake.goods_named(turn.session, act.goods, among=skus))
    words = act.goods if act.kind is ActKind.BACK else act.text
    fitting = intake.goods_named(turn.session, words, among=skus) if has_goods else []
    return WantedChange(
        said=act.text,
        what=_KINDS[act.kind],
        number=act.number,
        skus=tuple(fitting),
        is_sure=act.moves and (act.number is None or act.number >= 0),
        with_vat=act.with_vat,
    )


def _carry_out(turn: Turn, wanted: WantedChange, done: _Done) -> None:
    if not wanted.skus or not _can_be_meant(wanted):
        done.unread.append(wanted.said)
        return
    if len(wanted.skus) > 1 or wanted.what is None:
        _ask(turn, wanted, done)
        return
    listing = _listing(turn, wanted.skus[0])
    if listing is None:
        done.unread.append(wanted.said)
        return
    product = _product(turn, listing)
    if wanted.with_vat and wanted.what == PRICE:
        wanted = _before_vat(turn, wanted, product)
    if not wanted.is_sure:
        _ask_sure(turn, wanted, product, done)
        return
    match wanted.what:
        case "price":
            _set_price(turn, wanted, listing, product, done)
        case "stock":
            done.counted[listing.listing_id] = (product, quantity(wanted.number or 0))
        case _:
            is_back = wanted.what == BACK
            listings.set_available(
                turn.session, listing.listing_id, is_available=is_back, actor=turn.actor, now=turn.now
            )
            (done.back if is_back else done.sold_out).append(product)


def _can_be_meant(wanted: WantedChange) -> bool:
    """Whether the number fits: none for sold out or back, one that the column can hold for a price or a stock."""
    if wanted.what in (SOLD_OUT, BACK):
        return True
    if wanted.number is None or abs(wanted.number) > LARGEST:
        return False
    return wanted.what != STOCK or quantity(abs(wanted.number)) == abs(wanted.number)


def _before_vat(turn: Turn, wanted: WantedChange, product: Product) -> WantedChange:
    """Convert to the price before VAT, to be read back because nobody typed that number."""
    rate = vat_basis_points(product.vat_class, current(turn.session, PricingSettings).values)
    net = ((wanted.number or Decimal(0)) * 10_000 / (10_000 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _of(wanted, number=net, with_vat=False, is_sure=False)


def _ask_sure(turn: Turn, wanted: WantedChange, product: Product, done: _Done) -> None:
    """Read back what isn't certain: a minus, a question, a later day, a price with VAT."""
    if done.ask is not None:
        done.unread.append(wanted.said)
        return
    meant = _of(wanted, number=abs(wanted.number) if wanted.number is not None else None)
    done.question = {"kind": UNSURE, "listing": product, "what": meant.what, "number": meant.number}
    done.ask = Ask(
        kind=UNSURE,
        subject_id=turn.conversation_id,
        facts={"wanted": meant.as_facts(), "wants_quantity": True},
    )


def _set_price(turn: Turn, wanted: WantedChange, listing: ListingView, product: Product, done: _Done) -> None:
    try:
        price = rupees(wanted.number or 0)
    except (ValueError, InvalidOperation):
        done.unread.append(wanted.said)
        return
    try:
        pricing.change_price(turn.session, listing.listing_id, price, actor=turn.actor, now=turn.now)
    except PriceChangeHeld:
        if done.ask is None:
            done.question = {"kind": HELD, "listing": product, "old": listing.price, "new": price}
            done.ask = Ask(
                kind=HELD,
                subject_id=listing.listing_id,
                facts={
                    "new_minor": price.minor,
                    "about": {"amount_minor": price.minor},
                    "wanted": wanted.as_facts(),
                    "wants_quantity": True,
                },
            )
        else:
            done.unread.append(wanted.said)
        return
    done.prices.append({"listing": product, "price": price})


def _ask(turn: Turn, wanted: WantedChange, done: _Done) -> None:
    """Ask one question per message. Of a second, or with too many goods to choose from, say how many are meant."""
    if len(wanted.skus) > _MOST_CHOICES or (done.ask is not None and len(wanted.skus) > 1):
        done.too_general.append({"said": wanted.said, "count": len(wanted.skus)})
        return
    if done.ask is not None:
        done.unread.append(wanted.said)
        return
    products = catalog.products_by_skus(turn.session, wanted.skus)
    facts: dict[str, Any] = {"wanted": wanted.as_facts()}
    if len(wanted.skus) > 1:
        fitting = [products[sku] for sku in wanted.skus]
        has_buttons = len(fitting) <= _MOST_BUTTONS
        done.question = {
            "kind": WHICH_LISTING,
            "said": wanted.said,
            "listings": fitting,
            "has_buttons": has_buttons,
            "takes_several": wanted.what in _FOR_SEVERAL,
        }
        facts |= {} if has_buttons else {"numbered": list(wanted.skus)}
        done.ask = Ask(kind=WHICH_LISTING, subject_id=turn.conversation_id, facts=facts)
    else:
        done.question = {"kind": PRICE_OR_STOCK, "listing": products[wanted.skus[0]], "number": wanted.number}
        facts |= {"wants_quantity": True}
        done.ask = Ask(kind=PRICE_OR_STOCK, subject_id=turn.conversation_id, facts=facts)


def _listing(turn: Turn, sku: str) -> ListingView | None:
    product = catalog.product_by_sku(turn.session, sku)
    own = catalog.listings_of_vendor(turn.session, turn.vendor_id)
    return next((row for row in own if product is not None and row.product_id == product.id), None)


def _product(turn: Turn, listing: ListingView) -> Product:
    return catalog.get_product(turn.session, listing.product_id)


def _count(turn: Turn, done: _Done) -> None:
    """Write the counts. Those below what is promised to orders are left, and reported."""
    while done.counted:
        amounts = {listing_id: amount for listing_id, (_product, amount) in done.counted.items()}
        cause = f"chat:{turn.conversation_id}:{turn.now.isoformat()}"
        try:
            with turn.session.begin_nested():
                stock.count_all(
                    turn.session, amounts, cause=cause, reason="counted", actor=turn.actor, now=turn.now
                )
        except StockBelowPromised as refusal:
            for listing_id in refusal.facts["promised"]:
                product, _amount = done.counted.pop(listing_id)
                done.below_promised.append(product)
            continue
        done.stocks = [{"listing": product, "quantity": amount} for product, amount in done.counted.values()]
        return


def _outcome(turn: Turn, done: _Done, *closes: Prompt) -> Outcome:
    _count(turn, done)
    changed = len(done.prices) + len(done.stocks) + len(done.sold_out) + len(done.back)
    view = {
        "prices": done.prices[:_MOST_SHOWN],
        "stocks": done.stocks[:_MOST_SHOWN],
        "sold_out": done.sold_out[:_MOST_SHOWN],
        "back": done.back[:_MOST_SHOWN],
        # A count, because a list of hundreds doesn't fit into one message.
        "changed": changed,
        "is_cut": changed > _MOST_SHOWN,
        "unread": done.unread[:_MOST_NAMED],
        "more_unread": max(len(done.unread) - _MOST_NAMED, 0),
        "too_general": done.too_general[:_MOST_NAMED],
        "below_promised": done.below_promised,
        "question": done.question,
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/changed", view), ask=done.ask, closes=closes)


FIRST_STEPS: tuple[Step, ...] = (
    Step(name="listed_goods", matches=names_listed, handler=take_listed),
    Step(name="listing_number", matches=corrects_number, handler=correct_number, takes=frozenset()),
)
STEPS: tuple[Step, ...] = (
    Step(name="listings", matches=sets_listings, handler=set_listings, takes=_LISTING_ACTS),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=WHICH_LISTING, answer=answer_which, stale=stale, answer_several=answer_which_several),
    PromptKind(name=ALL_LISTINGS, answer=answer_all, stale=stale, yes="yes", no="no"),
    PromptKind(name=PRICE_OR_STOCK, answer=answer_price_or_stock, stale=stale),
    PromptKind(name=HELD, answer=answer_held, stale=stale, yes="yes", no="no"),
    PromptKind(name=UNSURE, answer=answer_unsure, stale=stale, yes="yes", no="no"),
)
