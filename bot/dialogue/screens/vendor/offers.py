"""A vendor's answers to offers: whole, several or all of them, a part, or not at all and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.dialogue.machine import Ask, Outcome, PartyKind, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.days import promised_at
from bot.dialogue.reading.line_amounts import amounts_of, settle_amounts
from bot.dialogue.screens.vendor import acceptance
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view, open_offers
from bot.dialogue.screens.vendor.open_work import (
    is_only_time,
    lock_several,
    nothing_of_that,
    numbers_in,
    open_work,
    those_named,
    time_of,
    unknown_numbers,
)
from bot.wording.say import Say
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.orders import offers
from core.orders.views import Accepted, Noted
from core.quantity import ZERO_QUANTITY
from core.routing.models import OfferStatus

OFFER, DECLINE, DISPATCH, ACCEPT_ALL = "offer", "decline", "dispatch", "accept_all"
ACCEPT, REFUSE, PART = "accept", "decline", "part"
REASONS = ("no_stock", "price", "too_far", "closed", "other")
_LONGEST_REASON = 200
_NO_REASON = frozenset(
    {
        ActKind.ACCEPT,
        ActKind.YES,
        ActKind.OFFERS,
        ActKind.PARCELS,
        ActKind.CLAIMS,
        ActKind.SCORECARD,
        ActKind.SETTLEMENT,
        ActKind.WHO_OWES,
        ActKind.DISPATCH,
        ActKind.DELIVER,
        ActKind.CONFIRM_PAYMENT,
        ActKind.CANCEL,
    }
)
_FIGURES = frozenset(
    {ActKind.PART, ActKind.CHOICE, ActKind.FIGURE, ActKind.SHORT, ActKind.SOLD_OUT, ActKind.UNREAD}
)


def ask_offer(view: OfferView, *, eta_at: dt.datetime | None = None) -> Ask:
    return Ask(
        kind=OFFER,
        subject_id=view.offer_id,
        facts={
            "about": {"short_code": view.short_code, "total_minor": view.total.minor},
            "eta_at": eta_at.isoformat() if eta_at else None,
        },
        expires_at=view.expires_at,
    )


def show_offer(view: OfferView, *, note: str | None = None, eta_at: dt.datetime | None = None) -> Outcome:
    """One offer with its lines, its deadline, and the question; *note* says why it is shown again."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/offer", {"offer": view, "note": note, "eta_at": eta_at}),
        ask=ask_offer(view, eta_at=eta_at),
        order_id=view.order_id,
    )


# Accepting


def accepts(turn: Turn) -> bool:
    """An accept, or a yes that names an order or everything."""
    act = turn.act
    if act is None:
        return False
    return act.kind is ActKind.ACCEPT or (act.kind is ActKind.YES and bool(act.orders or act.is_all))


def accept_named(turn: Turn) -> Outcome:
    """As in "1042 thik cha", "accept 1025 1028" or "sabai hunxa": what is named and open, each by itself."""
    acts = [act for act in turn.acts if accepts_alone(act)]
    moving = [act for act in acts if act.moves]
    if not moving:
        return show_meant(turn, acts[0])
    lock_several(turn)
    found = open_work(turn)
    if any(act.is_all and not act.orders for act in moving) and len(found.offers) > 1:
        return ask_all(turn, found.offers)
    numbers = [number for act in moving for number in act.orders]
    if not numbers:
        return _accept_only(turn, found.offers, moving[0])
    named = [(view, act) for act in moving for view in those_named(act, found.offers)]
    yours = [parcel for act in moving for parcel in those_named(act, (*found.to_pack, *found.on_the_way))]
    unknown = [number for act in moving for number in unknown_numbers(turn, act, found.numbers)]
    if len(named) == 1 and not yours and not unknown:
        return _accept_without(turn, *named[0])
    if not named and not yours:
        return nothing_of_that(turn, "offer", unknown)
    eta = {view.offer_id: promised_at(time_of(turn.acts, act), now=turn.now) for view, act in named}
    accepted = acceptance.accept_each(turn, [view for view, _act in named], eta)
    return acceptance.tell_each(turn, accepted, yours=yours, unknown=unknown, left=_left(turn, acts))


def goes_with_accept(act: Act) -> bool:
    """Other accepts, what is not to be had of the same order, and when it comes."""
    if accepts_alone(act) or is_only_time(act):
        return True
    return act.kind in (ActKind.SOLD_OUT, ActKind.PART) and not act.orders


def accepts_alone(act: Act) -> bool:
    return act.kind in (ActKind.ACCEPT, ActKind.YES)


def _left(turn: Turn, acts: Sequence[Act]) -> list[str]:
    """What stood beside the orders that were accepted and was not carried out."""
    return [act.text for act in turn.acts if not is_only_time(act) and (act not in acts or not act.moves)]


def _accept_only(turn: Turn, views: Sequence[OfferView], act: Act) -> Outcome:
    """A yes without a number: the only offer that is open."""
    if not views:
        return nothing_of_that(turn, "offer")
    if len(views) > 1:
        return list_offers(turn, list(views))
    return _accept_without(turn, views[0], act)


def _accept_without(turn: Turn, view: OfferView, act: Act) -> Outcome:
    """Accept, less the goods that the same text says are not to be had ("1022 huncha tara coke chaina")."""
    gone = [one for one in turn.acts if one.kind in (ActKind.SOLD_OUT, ActKind.PART)]
    eta_at = promised_at(time_of(turn.acts, act), now=turn.now)
    if not gone:
        return _accept(turn, view.offer_id, eta_at=eta_at)
    amounts = [amount for one in gone for amount in amounts_of(one)]
    settled = settle_amounts(turn.session, amounts, view.lines)
    if settled is None or not all(one.moves for one in gone):
        return ask_part(turn, view.offer_id)
    return _promise_part(turn, view, settled, eta_at=eta_at)


def _accept(
    turn: Turn,
    offer_id: int,
    quantities: dict[int, Decimal] | None = None,
    *,
    eta_at: dt.datetime | None = None,
) -> Outcome:
    accepted = offers.accept(
        turn.session, offer_id, quantities=quantities, eta_at=eta_at, actor=turn.actor, now=turn.now
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


def show_meant(turn: Turn, act: Act) -> Outcome:
    """An accept that was denied, asked, wished or only foreseen: nothing is promised, and the offer is shown."""
    found = open_work(turn)
    named = those_named(act, found.offers) or (list(found.offers) if not act.orders else [])
    if len(named) == 1:
        return show_offer(named[0], note=act.mood.value, eta_at=promised_at(act.when, now=turn.now))
    if len(named) > 1:
        return list_offers(turn, named)
    return nothing_of_that(turn, "offer", unknown_numbers(turn, act, found.numbers))


def answer_offer(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Accept all of it, a part of it, or decline."""
    match choice:
        case "accept":
            eta = prompt.facts.get("eta_at")
            return _accept(turn, prompt.subject_id, eta_at=dt.datetime.fromisoformat(eta) if eta else None)
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


# All of them


def ask_all(turn: Turn, views: Sequence[OfferView]) -> Outcome:
    """One tap for everything that is open, with what it comes to."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/accept_all_asked", {"offers": list(views), "total": acceptance.sum_of(views)}),
        ask=Ask(
            kind=ACCEPT_ALL,
            subject_id=turn.conversation_id,
            facts={
                "offers": [view.offer_id for view in views],
                "about": {"total_minor": acceptance.sum_of(views).minor},
            },
        ),
    )


def answer_all(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Accept the offers that were listed, as far as they are still open, or leave them as they are."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    listed = frozenset(prompt.facts["offers"])
    views = [view for view in open_work(turn).offers if view.offer_id in listed]
    if not views:
        return nothing_of_that(turn, "offer")
    lock_several(turn, *(view.order_id for view in views))
    accepted = acceptance.accept_each(turn, views, {})
    closes = [prompt, *(one for view in views for one in _about(turn, view.offer_id))]
    return acceptance.tell_each(turn, accepted, closes=closes)


def stale_all(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return list_offers(turn)


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


def names_part(turn: Turn) -> bool:
    """Words of a part ("1042 lays 36 matra", or "part" alone), or pairs of figures, while an offer is meant by them."""
    act = turn.act
    if act is None or act.kind not in (ActKind.PART, ActKind.UNREAD):
        return False
    is_part = bool(amounts_of(act)) if act.kind is ActKind.UNREAD else act.mood in (Mood.DONE, Mood.NOW)
    return (is_part or bool(act.orders)) and _meant(turn, act) is not None


def names_figures(turn: Turn) -> bool:
    """Figures for the lines of the offer whose part was asked for, and whatever says as much."""
    act = turn.act
    if act is None or act.kind not in _FIGURES or _offer_in_hand(turn) is None:
        return False
    return bool(amounts_of(act))


def names_figures_later(turn: Turn) -> bool:
    """Bare figures while the part is still waited for, though something else was said in between.

    What the offer prints as its own answers (a 1, 2 or 3) means them, when the offer was shown again since.
    """
    act = turn.act
    if act is None or act.kind is not ActKind.CHOICE or not names_figures(turn):
        return False
    is_shown_again = any(p.kind == OFFER and p.subject_id == turn.slots.get("offer") for p in turn.prompts)
    return not (is_shown_again and act.lines in ((1,), (2,), (3,)))


def accept_part(turn: Turn) -> Outcome:
    """What was named is promised less or not at all; what was not named is promised whole."""
    act = turn.acts[0]
    view = _meant(turn, act)
    if view is None:
        return list_offers(turn)
    amounts = [amount for one in turn.acts for amount in amounts_of(one)]
    settled = settle_amounts(turn.session, amounts, view.lines) if amounts else None
    # Pairs of figures mean lines only where the lines were asked for.
    is_asked = _offer_in_hand(turn) is not None or act.kind is not ActKind.UNREAD
    if settled is None or not is_asked or not all(_is_sure(one) for one in turn.acts):
        return ask_part(turn, view.offer_id)
    return _promise_part(turn, view, settled, eta_at=promised_at(act.when, now=turn.now))


def _is_sure(act: Act) -> bool:
    """Pairs of figures say it all by themselves."""
    return act.moves or (act.kind is ActKind.UNREAD and bool(amounts_of(act)))


def _promise_part(
    turn: Turn, view: OfferView, settled: dict[int, Decimal], *, eta_at: dt.datetime | None
) -> Outcome:
    quantities = {
        line.order_line_id: min(settled.get(position, line.quantity), line.quantity)
        for position, line in enumerate(view.lines)
    }
    if all(wanted == ZERO_QUANTITY for wanted in quantities.values()):
        return ask_reason(turn, view.offer_id)
    return _accept(turn, view.offer_id, quantities, eta_at=eta_at)


def _meant(turn: Turn, act: Act) -> OfferView | None:
    """The offer that was named, else the one whose part was asked for, else the only one that is open."""
    views = open_offers(turn.session, turn.vendor_id, now=turn.now)
    if named := those_named(act, views):
        return named[0]
    if asked := _offer_in_hand(turn):
        return asked
    return views[0] if len(views) == 1 and not act.orders else None


def leaves_part(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CANCEL, ActKind.NO)


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


def declines_offer(turn: Turn) -> bool:
    """A no to an offer; of a parcel that was promised the same words take the promise back."""
    act = turn.act
    if act is None or act.kind is not ActKind.DECLINE:
        return False
    found = open_work(turn)
    return bool(those_named(act, found.offers)) or not those_named(act, found.to_pack)


def decline_named(turn: Turn) -> Outcome:
    """As in "1025 chaina": with words about stock the reason is known, else it is asked."""
    act = turn.acts[0]
    found = open_work(turn)
    views = those_named(act, found.offers) or (list(found.offers) if not act.orders else [])
    if not views:
        return nothing_of_that(turn, "offer", unknown_numbers(turn, act, found.numbers))
    if len(views) > 1 and not act.orders:
        return list_offers(turn, views)
    if not act.moves:
        return show_offer(views[0], note=act.mood.value) if len(views) == 1 else list_offers(turn, views)
    if act.reason is None or act.reason.value not in REASONS:
        return ask_reason(turn, *(view.offer_id for view in views))
    lock_several(turn)
    return _decline(turn, [view.offer_id for view in views], act.reason.value)


def ask_reason(turn: Turn, *offer_ids: int | Prompt) -> Outcome:
    """Ask why, with the usual reasons to tap; one reason for several that were declined together."""
    ids = [one for one in offer_ids if isinstance(one, int)]
    closes = [one for one in offer_ids if isinstance(one, Prompt)]
    view = offer_view(turn.session, ids[0], vendor_id=turn.vendor_id)
    if view.status is not OfferStatus.OPEN:
        return Outcome(goto=State.VENDOR, say=Say("vendor/offer_closed", {"offer": view, "is_done": False}))
    numbers = [offer_view(turn.session, one, vendor_id=turn.vendor_id).short_code for one in ids]
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/reason_asked", {"offer": view, "numbers": numbers, "reasons": list(REASONS)}),
        ask=Ask(
            kind=DECLINE,
            subject_id=ids[0],
            facts={"about": {"short_code": view.short_code}, "offers": ids},
        ),
        closes=closes or [p for p in turn.prompts if p.kind == OFFER and p.subject_id in ids],
        slots={"offer": None},
        order_id=view.order_id,
    )


def answer_reason(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """One of the usual reasons, or the vendor's own words."""
    ids = list(prompt.facts.get("offers") or [prompt.subject_id])
    if choice == "other":
        return Outcome(
            goto=State.DECLINE_WORDS,
            say=Say("vendor/own_words"),
            slots={"declining": ids},
            closes=[prompt],
        )
    lock_several(turn, *_orders_of(turn, ids))
    return _decline(turn, ids, choice, prompt)


def gives_reason(turn: Turn) -> bool:
    """Words without a number that look at nothing and promise nothing: they are the reason that was asked for."""
    is_other = any(act.orders or act.codes or act.kind in _NO_REASON for act in turn.acts)
    return bool(turn.acts) and not is_other


def take_own_words(turn: Turn) -> Outcome:
    """The reason in the vendor's own words."""
    declining = turn.slots.get("declining")
    if declining is None:
        return list_offers(turn)
    ids = list(declining) if isinstance(declining, list) else [declining]
    lock_several(turn, *_orders_of(turn, ids))
    return _decline(turn, ids, " ".join(turn.text.split())[:_LONGEST_REASON])


def _orders_of(turn: Turn, offer_ids: Sequence[int]) -> list[int]:
    return [offer_view(turn.session, one, vendor_id=turn.vendor_id).order_id for one in offer_ids]


def _decline(turn: Turn, offer_ids: Sequence[int], reason: str, *closes: Prompt) -> Outcome:
    views = [offer_view(turn.session, one, vendor_id=turn.vendor_id) for one in offer_ids]
    for offer_id in offer_ids:
        offers.decline(turn.session, offer_id, reason=reason, actor=turn.actor, now=turn.now)
    about = [prompt for offer_id in offer_ids for prompt in _about(turn, offer_id)]
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/declined", {"offer": views[0], "numbers": [view.short_code for view in views]}),
        closes=[*about, *(prompt for prompt in closes if prompt not in about)],
        slots={"offer": None, "declining": None},
        order_id=views[0].order_id,
    )


def _about(turn: Turn, offer_id: int) -> list[Prompt]:
    return [p for p in turn.prompts if p.kind in (OFFER, DECLINE) and p.subject_id == offer_id]


# Looking, and a time without a yes


def list_offers(turn: Turn, several_views: list[OfferView] | None = None) -> Outcome:
    """One open offer is shown whole; several are listed by their numbers."""
    views = several_views or open_offers(turn.session, turn.vendor_id, now=turn.now)
    if not views:
        return nothing_of_that(turn, "offer")
    if len(views) == 1:
        return show_offer(views[0])
    return Outcome(goto=State.VENDOR, say=Say("vendor/offers", {"offers": views}))


def names_offer(turn: Turn) -> bool:
    """The number of an order whose offer is open, and nothing else, or with words that nothing else understood."""
    act = turn.act
    if act is None or act.kind not in (ActKind.CODE, ActKind.ETA, ActKind.UNREAD, ActKind.STATUS):
        return False
    named = replace(act, orders=numbers_in(act))
    return bool(those_named(named, open_offers(turn.session, turn.vendor_id, now=turn.now)))


def show_named(turn: Turn) -> Outcome:
    """The offer whose number was written, with the time that was named beside it."""
    act = replace(turn.acts[0], orders=numbers_in(turn.acts[0]))
    views = those_named(act, open_offers(turn.session, turn.vendor_id, now=turn.now))
    if len(views) > 1:
        return list_offers(turn, views)
    return show_offer(views[0], eta_at=promised_at(act.when, now=turn.now)) if views else list_offers(turn)


STEPS: tuple[Step, ...] = (
    Step(
        name="offers",
        matches=does(ActKind.OFFERS),
        handler=list_offers,
        takes=frozenset({ActKind.OFFERS}),
    ),
    Step(name="offer", matches=names_offer, handler=show_named, takes=frozenset()),
    Step(
        name="accept",
        matches=accepts,
        handler=accept_named,
        takes=goes_with_accept,
    ),
    Step(name="decline", matches=declines_offer, handler=decline_named, takes=frozenset()),
    Step(name="part", matches=names_part, handler=accept_part, takes=frozenset({ActKind.PART})),
    Step(name="part_later", matches=names_figures_later, handler=accept_part, takes=frozenset()),
)
PART_STEPS: tuple[Step, ...] = (
    Step(name="part_figures", matches=names_figures, handler=accept_part, takes=_FIGURES),
    Step(name="whole_again", matches=leaves_part, handler=show_whole_again, takes=frozenset()),
)
PART_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="part_again", matches=lambda turn: bool(turn.text.strip()), handler=ask_part_again),
)
DECLINE_STEPS: tuple[Step, ...] = (Step(name="own_words", matches=gives_reason, handler=take_own_words),)
DECLINE_LAST_STEPS: tuple[Step, ...] = (
    Step(name="own_words_last", matches=lambda turn: bool(turn.text.strip()), handler=take_own_words),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=OFFER, subject="offer", answer=answer_offer, stale=stale_offer, yes=ACCEPT, no=REFUSE),
    PromptKind(name=DECLINE, subject="offer", answer=answer_reason, stale=stale_offer),
    PromptKind(name=ACCEPT_ALL, answer=answer_all, stale=stale_all, yes="yes", no="no"),
)
