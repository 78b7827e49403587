"""A vendor answers an offer: whole, a part by line or with a smaller quantity, or not at all and why."""

from __future__ import annotations

from decimal import Decimal

from bot.dialogue.machine import Ask, InputKind, Outcome, PartyKind, PromptKind, State, Step, Turn
from bot.dialogue.reading.days import promised_by
from bot.dialogue.reading.line_amounts import part_amounts
from bot.dialogue.reading.line_numbers import figures_in
from bot.dialogue.reading.words import ShortKind, codes, is_said, mentions
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view, open_offers
from bot.wording.say import Say
from core.intake.reading import Intent
from core.messaging.models import Prompt
from core.orders import offers
from core.orders.views import Accepted, Noted
from core.quantity import ZERO_QUANTITY
from core.routing.models import OfferStatus

OFFER, DECLINE, DISPATCH = "offer", "decline", "dispatch"
ACCEPT, REFUSE, PART = "accept", "decline", "part"
REASONS = ("no_stock", "price", "too_far", "closed", "other")
_LONGEST_REASON = 200


def ask_offer(view: OfferView) -> Ask:
    return Ask(
        kind=OFFER,
        subject_id=view.offer_id,
        facts={"about": {"short_code": view.short_code, "total_minor": view.total.minor}},
        expires_at=view.expires_at,
    )


def show_offer(view: OfferView) -> Outcome:
    """One offer with its lines, its deadline, and the question."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/offer", {"offer": view}),
        ask=ask_offer(view),
        order_id=view.order_id,
    )


# Accepting


def accepts(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and turn.reading.intent is Intent.ACCEPT


def accepts_by_number(turn: Turn) -> bool:
    return bool(codes(turn.text)) and accepts(turn)


def accept_named(turn: Turn) -> Outcome:
    """As in "1042 thik cha": the offer of that order, or the only one that is open."""
    view, several = _named(turn)
    if several:
        return list_offers(turn, several)
    if view is None:
        return Outcome(goto=State.VENDOR, say=Say("vendor/no_offers"))
    if mentions(turn.text, "part") or _names_amount(turn, view):
        return ask_part(turn, view.offer_id)
    return _accept(turn, view.offer_id)


def _names_amount(turn: Turn, view: OfferView) -> bool:
    """A number besides the order's own and the 1 that means yes: less than all may be meant, so it is asked."""
    said = [number for number in figures_in(turn.text) if number not in (str(view.short_code), "1")]
    return bool(said) or turn.reading.slots.qty is not None


def _accept(turn: Turn, offer_id: int, quantities: dict[int, Decimal] | None = None) -> Outcome:
    accepted = offers.accept(
        turn.session,
        offer_id,
        quantities=quantities,
        eta_at=promised_by(turn.text, now=turn.now),
        actor=turn.actor,
        now=turn.now,
    )
    if isinstance(accepted, Noted):
        view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/noted", {"offer": view, "until": accepted.until}),
            closes=_about(turn, offer_id),
            slots={"offer": None},
            order_id=accepted.order_id,
        )
    return _accepted(turn, offer_id, accepted)


def _accepted(turn: Turn, offer_id: int, accepted: Accepted) -> Outcome:
    parcel = accepted.fulfillment
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/accepted", {"parcel": parcel, "is_part": accepted.is_part}),
        ask=Ask(
            kind=DISPATCH,
            subject_id=parcel.fulfillment_id,
            facts={"about": {"short_code": parcel.short_code}},
        ),
        closes=_about(turn, offer_id),
        slots={"offer": None},
        order_id=accepted.fulfillment.order_id,
    )


def answer_offer(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Accept all of it, a part of it, or decline."""
    match choice:
        case "accept":
            return _accept(turn, prompt.subject_id)
        case "part":
            return ask_part(turn, prompt.subject_id)
        case _:
            return ask_reason(turn, prompt.subject_id, prompt)


def stale_offer(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """An old button: the offer as it stands; an open one is asked again, an answered one is said to be."""
    view = offer_view(turn.session, prompt.subject_id, vendor_id=turn.vendor_id)
    if view.status is OfferStatus.OPEN and view.expires_at > turn.now:
        return show_offer(view)
    is_done = view.status is OfferStatus.ACCEPTED and choice in (ACCEPT, PART, "yes")
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/offer_closed", {"offer": view, "is_done": is_done}),
        order_id=view.order_id,
    )


# A part


def ask_part(turn: Turn, offer_id: int) -> Outcome:
    """Ask which lines and how much, by their numbers."""
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    if view.status is not OfferStatus.OPEN or view.expires_at <= turn.now:
        return Outcome(goto=State.VENDOR, say=Say("vendor/offer_closed", {"offer": view, "is_done": False}))
    return Outcome(
        goto=State.PART,
        say=Say("vendor/part_asked", {"offer": view}),
        slots={"offer": offer_id},
        order_id=view.order_id,
    )


def names_lines(turn: Turn) -> bool:
    return _part_said(turn) is not None


def answers_part(turn: Turn) -> bool:
    """Whether the figures are about the part we asked for, though something else was said in between.

    What a button of the offer would say (a bare 1, 2 or 3) means the button then.
    """
    is_button = turn.short is not None and (
        turn.short.kind is not ShortKind.NUMBERS or turn.short.numbers in ((1,), (2,), (3,))
    )
    return turn.party.kind is PartyKind.VENDOR and not is_button and names_part_later(turn)


def names_part_later(turn: Turn) -> bool:
    """Figures alone, or goods with "only": other words may be about prices and stock."""
    is_plain = not any(c.isalpha() for c in turn.text)
    return (is_plain or mentions(turn.text, "only") or bool(codes(turn.text))) and names_lines(turn)


def accept_part(turn: Turn) -> Outcome:
    """What was named is promised less or not at all; what was not named is promised whole."""
    said = _part_said(turn)
    if said is None:
        return list_offers(turn)
    view, figures = said
    quantities = {
        line.order_line_id: min(figures.get(position, line.quantity), line.quantity)
        for position, line in enumerate(view.lines)
    }
    if all(wanted == ZERO_QUANTITY for wanted in quantities.values()):
        return ask_reason(turn, view.offer_id)
    return _accept(turn, view.offer_id, quantities)


def _part_said(turn: Turn) -> tuple[OfferView, dict[int, Decimal]] | None:
    """The offer and the figures: of the one that was named, or of the one whose part we asked for."""
    if turn.input.kind is not InputKind.TEXT:
        return None
    found = codes(turn.text)
    named = [v for v in open_offers(turn.session, turn.vendor_id, now=turn.now) if str(v.short_code) in found]
    asked = _offer_in_hand(turn)
    # Beside an order's number a figure is a part only when it says so, or when that part was asked for.
    if named and (asked is None or named[0].offer_id != asked.offer_id) and not mentions(turn.text, "only"):
        return None
    view = named[0] if named else asked
    if view is None:
        return None
    figures = part_amounts(turn.session, turn.text, view.lines, short_code=view.short_code)
    return None if figures is None else (view, figures)


def leaves_part(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and (is_said(turn.text, "cancel") or is_said(turn.text, "no"))


def show_whole_again(turn: Turn) -> Outcome:
    """Not a part after all: the offer with its three answers."""
    view = _offer_in_hand(turn)
    return list_offers(turn) if view is None else show_offer(view)


def ask_part_again(turn: Turn) -> Outcome:
    """Those were no lines and quantities."""
    view = _offer_in_hand(turn)
    return list_offers(turn) if view is None else ask_part(turn, view.offer_id)


def still_asked(turn: Turn) -> Say | None:
    """What to remind of beside an answer to something else: the part we asked for, while its offer is open."""
    view = _offer_in_hand(turn) if turn.party.kind is PartyKind.VENDOR else None
    return None if view is None else Say("vendor/part_waits", {"offer": view})


def _offer_in_hand(turn: Turn) -> OfferView | None:
    offer_id = turn.slots.get("offer")
    if offer_id is None:
        return None
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    return view if view.status is OfferStatus.OPEN and view.expires_at > turn.now else None


# Declining


def declines(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and turn.reading.intent is Intent.REJECT


def declines_by_number(turn: Turn) -> bool:
    return bool(codes(turn.text)) and declines(turn)


def decline_named(turn: Turn) -> Outcome:
    """As in "1025 chaina": with words about stock the reason is known, else it is asked."""
    view, several = _named(turn)
    if several:
        return list_offers(turn, several)
    if view is None:
        return Outcome(goto=State.VENDOR, say=Say("vendor/no_offers"))
    if mentions(turn.text, "none") or mentions(turn.text, "stock"):
        return _decline(turn, view.offer_id, "no_stock")
    return ask_reason(turn, view.offer_id)


def ask_reason(turn: Turn, offer_id: int, *closes: Prompt) -> Outcome:
    """Ask why, with the usual reasons to tap."""
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    if view.status is not OfferStatus.OPEN:
        return Outcome(goto=State.VENDOR, say=Say("vendor/offer_closed", {"offer": view, "is_done": False}))
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/reason_asked", {"offer": view, "reasons": list(REASONS)}),
        ask=Ask(kind=DECLINE, subject_id=offer_id, facts={"about": {"short_code": view.short_code}}),
        closes=closes or [p for p in turn.prompts if p.kind == OFFER and p.subject_id == offer_id],
        slots={"offer": None},
        order_id=view.order_id,
    )


def answer_reason(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """One of the usual reasons, or the vendor's own words."""
    if choice == "other":
        return Outcome(
            goto=State.DECLINE_WORDS,
            say=Say("vendor/own_words"),
            slots={"declining": prompt.subject_id},
            closes=[prompt],
        )
    return _decline(turn, prompt.subject_id, choice, prompt)


def take_own_words(turn: Turn) -> Outcome:
    """The reason in the vendor's own words."""
    offer_id = turn.slots.get("declining")
    if offer_id is None:
        return list_offers(turn)
    return _decline(turn, offer_id, " ".join(turn.text.split())[:_LONGEST_REASON])


def says_something(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and bool(turn.text.strip())


def _decline(turn: Turn, offer_id: int, reason: str, *closes: Prompt) -> Outcome:
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    offers.decline(turn.session, offer_id, reason=reason, actor=turn.actor, now=turn.now)
    about = _about(turn, offer_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/declined", {"offer": view}),
        closes=[*about, *(prompt for prompt in closes if prompt not in about)],
        slots={"offer": None, "declining": None},
        order_id=view.order_id,
    )


def _about(turn: Turn, offer_id: int) -> list[Prompt]:
    return [p for p in turn.prompts if p.kind in (OFFER, DECLINE) and p.subject_id == offer_id]


# Looking


def asks_offers(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "offers")


def list_offers(turn: Turn, several: list[OfferView] | None = None) -> Outcome:
    """One open offer is shown whole; several are listed by their numbers."""
    views = several or open_offers(turn.session, turn.vendor_id, now=turn.now)
    if not views:
        return Outcome(goto=State.VENDOR, say=Say("vendor/no_offers"), slots={"offer": None})
    if len(views) == 1:
        return show_offer(views[0])
    return Outcome(goto=State.VENDOR, say=Say("vendor/offers", {"offers": views}))


def names_offer(turn: Turn) -> bool:
    """The number of an order whose offer is open, and nothing else."""
    found = codes(turn.text)
    if turn.input.kind is not InputKind.TEXT or len(found) != 1 or any(c.isalpha() for c in turn.text):
        return False
    return any(
        str(view.short_code) == found[0] for view in open_offers(turn.session, turn.vendor_id, now=turn.now)
    )


def names_part(turn: Turn) -> bool:
    """As in "1042 part" or "१०४२ केही", or the word alone while one offer is open."""
    is_named = bool(codes(turn.text)) and mentions(turn.text, "part")
    if turn.input.kind is not InputKind.TEXT or not (is_named or is_said(turn.text, "part")):
        return False
    return _named(turn)[0] is not None


def ask_named_part(turn: Turn) -> Outcome:
    """Only a part of the offer that was named."""
    view, _several = _named(turn)
    return list_offers(turn) if view is None else ask_part(turn, view.offer_id)


def show_named(turn: Turn) -> Outcome:
    """The offer whose number was written."""
    view, several = _named(turn)
    return list_offers(turn, several or None) if view is None else show_offer(view)


def _named(turn: Turn) -> tuple[OfferView | None, list[OfferView]]:
    """The offer that is meant, or the several it could be. A number that fits none of them means none."""
    views = open_offers(turn.session, turn.vendor_id, now=turn.now)
    if found := codes(turn.text):
        meant = [view for view in views if str(view.short_code) in found]
        return (meant[0] if meant else None), []
    if len(views) == 1:
        return views[0], []
    return None, views


STEPS: tuple[Step, ...] = (
    Step(name="offers", matches=asks_offers, handler=list_offers),
    Step(name="offer", matches=names_offer, handler=show_named),
    Step(name="named_part", matches=names_part, handler=ask_named_part),
)
READ_STEPS: tuple[Step, ...] = (
    Step(name="decline", matches=declines, handler=decline_named),
    Step(name="accept", matches=accepts, handler=accept_named),
)
PART_STEPS: tuple[Step, ...] = (
    Step(name="part", matches=names_lines, handler=accept_part),
    Step(name="whole_again", matches=leaves_part, handler=show_whole_again),
)
LATER_PART_STEPS: tuple[Step, ...] = (Step(name="part", matches=names_part_later, handler=accept_part),)
# Beside a question about one offer, another is answered by its number.
NAMED_STEPS: tuple[Step, ...] = (
    Step(name="decline", matches=declines_by_number, handler=decline_named),
    Step(name="accept", matches=accepts_by_number, handler=accept_named),
)
PART_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="part_again", matches=says_something, handler=ask_part_again),
)
DECLINE_STEPS: tuple[Step, ...] = (Step(name="own_words", matches=says_something, handler=take_own_words),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=OFFER, answer=answer_offer, stale=stale_offer, yes=ACCEPT, no=REFUSE),
    PromptKind(name=DECLINE, answer=answer_reason, stale=stale_offer),
)
