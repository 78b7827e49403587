"""A vendor sets prices and stock in its own words: "chini bhau 95, chamal stock 40, tel sakiyo"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.words import codes, mentions
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.catalog import service as listings
from core.catalog import stock
from core.catalog.errors import StockBelowPromised
from core.catalog.models import Product
from core.catalog.queries import ListingView
from core.intake import service as intake
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.pricing import service as pricing
from core.pricing.errors import PriceChangeHeld
from core.quantity import quantity
from core.refs import ListingId

WHICH_LISTING, FIGURE, HELD = "which_listing", "figure", "price_check"
PRICE, STOCK, SOLD_OUT, BACK = "price", "stock", "sold_out", "back"
_MOST_CHOICES = 9
_CLAUSE = re.compile(r"[,;\n]|\bani\b|\band\b|\bra\b|(?<!\S)र(?!\S)")
_NUMBER = re.compile(r"(?<![\w.])(\d{1,7}(?:\.\d{1,2})?)(?![\w.])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One clause: what shall become of which goods. Without `what` the figure was named without saying of what."""

    said: str
    what: str | None
    figure: Decimal | None
    skus: tuple[str, ...]

    def as_facts(self) -> dict[str, Any]:
        return {
            "said": self.said,
            "what": self.what,
            "figure": None if self.figure is None else str(self.figure),
            "skus": list(self.skus),
        }

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Wish:
        figure = facts["figure"]
        return cls(
            said=facts["said"],
            what=facts["what"],
            figure=None if figure is None else Decimal(figure),
            skus=tuple(facts["skus"]),
        )


@dataclass(slots=True)
class _Done:
    """What was changed, and the first thing that has to be asked; whatever else is unclear is named back."""

    prices: list[dict[str, Any]] = field(default_factory=list)
    stocks: list[dict[str, Any]] = field(default_factory=list)
    sold_out: list[Product] = field(default_factory=list)
    back: list[Product] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    # Written together at the end, so that their rows are locked in one order.
    counted: dict[ListingId, tuple[Product, Decimal]] = field(default_factory=dict)
    below_promised: list[Product] = field(default_factory=list)
    question: dict[str, Any] | None = None
    ask: Ask | None = None


def sets_listings(turn: Turn) -> bool:
    """Goods of its own together with a figure, or with the word that they are gone or back; no order's number."""
    if turn.input.kind is not InputKind.TEXT or turn.short is not None:
        return False
    return any(wish.skus and (wish.what or wish.figure is not None) for wish in _wishes(turn))


def set_listings(turn: Turn) -> Outcome:
    """Change what is certain, ask about the first thing that is not, and name back the rest."""
    done = _Done()
    for wish in _wishes(turn):
        _carry_out(turn, wish, done)
    return _outcome(turn, done)


def answer_which(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Which of the goods that fit."""
    wish = Wish.from_facts(prompt.facts["wish"])
    done = _Done()
    _carry_out(turn, Wish(said=wish.said, what=wish.what, figure=wish.figure, skus=(choice,)), done)
    return _outcome(turn, done, prompt)


def answer_figure(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Whether the number is a price or a stock."""
    wish = Wish.from_facts(prompt.facts["wish"])
    done = _Done()
    _carry_out(turn, Wish(said=wish.said, what=choice, figure=wish.figure, skus=wish.skus), done)
    return _outcome(turn, done, prompt)


def answer_held(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """A price that differs so much is taken only when it was meant."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    listing = catalog.get_listing(turn.session, ListingId(prompt.subject_id))
    price = Money(prompt.facts["new_minor"])
    pricing.confirm_price(turn.session, listing.listing_id, price, actor=turn.actor, now=turn.now)
    done = _Done(prices=[{"listing": _product(turn, listing), "price": price}])
    return _outcome(turn, done, prompt)


def stale(_turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    """An old question about a listing is not answered any more: say it anew."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/not_understood"))


def _wishes(turn: Turn) -> list[Wish]:
    own = catalog.listings_of_vendor(turn.session, turn.vendor_id)
    products = catalog.products_by_ids(turn.session, [listing.product_id for listing in own])
    skus = frozenset(product.sku for product in products.values())
    return [
        _wish(turn, clause.strip(), skus)
        for clause in _CLAUSE.split(turn.text)
        if clause.strip() and not _names_order(clause)
    ]


def _names_order(clause: str) -> bool:
    """Four digits that stand first are an order's number, as in "1021 ko stock chaina"."""
    found = codes(clause)
    return bool(found) and clause.strip().translate(_PLAIN).startswith(found[0])


_PLAIN = str.maketrans("०१२३४५६७८९", "0123456789")


def _wish(turn: Turn, clause: str, skus: frozenset[str]) -> Wish:
    numbers = _NUMBER.findall(clause.translate(_PLAIN))
    figure = Decimal(numbers[-1]) if numbers else None
    what: str | None = None
    if figure is not None:
        what = next((word for word in (PRICE, STOCK) if mentions(clause, word)), None)
    elif found := next((word for word in (SOLD_OUT, BACK) if mentions(clause, word)), None):
        what = found
    fitting = () if mentions(clause, "with_vat") else intake.goods_named(turn.session, clause, among=skus)
    return Wish(said=clause, what=what, figure=figure, skus=tuple(fitting))


def _carry_out(turn: Turn, wish: Wish, done: _Done) -> None:
    if not wish.skus or (wish.what is None and wish.figure is None):
        done.unread.append(wish.said)
        return
    if len(wish.skus) > 1 or wish.what is None:
        _ask(turn, wish, done)
        return
    listing = _listing(turn, wish.skus[0])
    if listing is None:
        done.unread.append(wish.said)
        return
    product = _product(turn, listing)
    match wish.what:
        case "price":
            _set_price(turn, wish, listing, product, done)
        case "stock":
            done.counted[listing.listing_id] = (product, quantity(wish.figure or 0))
        case _:
            is_back = wish.what == BACK
            listings.set_available(
                turn.session, listing.listing_id, is_available=is_back, actor=turn.actor, now=turn.now
            )
            (done.back if is_back else done.sold_out).append(product)


def _set_price(turn: Turn, wish: Wish, listing: ListingView, product: Product, done: _Done) -> None:
    try:
        price = rupees(wish.figure or 0)
    except (ValueError, InvalidOperation):
        done.unread.append(wish.said)
        return
    try:
        pricing.change_price(turn.session, listing.listing_id, price, actor=turn.actor, now=turn.now)
    except PriceChangeHeld:
        if done.ask is None:
            done.question = {"kind": HELD, "listing": product, "old": listing.price, "new": price}
            done.ask = Ask(
                kind=HELD,
                subject_id=listing.listing_id,
                facts={"new_minor": price.minor, "about": {"amount_minor": price.minor}},
            )
        else:
            done.unread.append(wish.said)
        return
    done.prices.append({"listing": product, "price": price})


def _ask(turn: Turn, wish: Wish, done: _Done) -> None:
    """One question in one message; a second unclear clause is named back."""
    if done.ask is not None:
        done.unread.append(wish.said)
        return
    if len(wish.skus) > _MOST_CHOICES:
        done.unread.append(wish.said)
        return
    products = catalog.products_by_skus(turn.session, wish.skus)
    facts = {"wish": wish.as_facts()}
    if len(wish.skus) > 1:
        fitting = [products[sku] for sku in wish.skus]
        done.question = {"kind": WHICH_LISTING, "said": wish.said, "listings": fitting}
        done.ask = Ask(kind=WHICH_LISTING, subject_id=turn.conversation_id, facts=facts)
    else:
        done.question = {"kind": FIGURE, "listing": products[wish.skus[0]], "figure": wish.figure}
        done.ask = Ask(kind=FIGURE, subject_id=turn.conversation_id, facts=facts)


def _listing(turn: Turn, sku: str) -> ListingView | None:
    product = catalog.product_by_sku(turn.session, sku)
    own = catalog.listings_of_vendor(turn.session, turn.vendor_id)
    return next((row for row in own if product is not None and row.product_id == product.id), None)


def _product(turn: Turn, listing: ListingView) -> Product:
    return catalog.get_product(turn.session, listing.product_id)


def _count(turn: Turn, done: _Done) -> None:
    """Write the counts; one that is lower than what orders were promised is left as it was, and said."""
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
    view = {
        "prices": done.prices,
        "stocks": done.stocks,
        "sold_out": done.sold_out,
        "back": done.back,
        "unread": done.unread,
        "below_promised": done.below_promised,
        "question": done.question,
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/changed", view), ask=done.ask, closes=closes)


STEPS: tuple[Step, ...] = (Step(name="listings", matches=sets_listings, handler=set_listings),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=WHICH_LISTING, answer=answer_which, stale=stale),
    PromptKind(name=FIGURE, answer=answer_figure, stale=stale),
    PromptKind(name=HELD, answer=answer_held, stale=stale, yes="yes", no="no"),
)
