"""A vendor accepts a part of an offer: which lines, and how much of each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bot.dialogue.machine import Outcome, PartyKind, State, Step, Turn
from bot.dialogue.reading.days import promised_at
from bot.dialogue.reading.line_amounts import amounts_of, lines_told_apart, settle_amounts
from bot.dialogue.reading.words import is_said
from bot.dialogue.screens.vendor.declining import ask_reason
from bot.dialogue.screens.vendor.late import Promise, accept_or_ask
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view, open_offers
from bot.dialogue.screens.vendor.offers import OFFER, list_offers, offer_closed, offer_in_hand, show_offer
from bot.dialogue.screens.vendor.open_work import those_named
from bot.wording.say import Say
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood
from core.quantity import ZERO_QUANTITY
from core.routing.models import OfferStatus

_LONGEST_DENIAL = 4
_REST_WORDS = ("claim_rest", "rest_else", "rest_denied")
_OF_LINES = frozenset(
    {
        ActKind.UNREAD,
        ActKind.PART,
        ActKind.SOLD_OUT,
        ActKind.BACK,
        ActKind.DECLINE,
        ActKind.ACCEPT,
        ActKind.SETTLEMENT,  # "baki" is what is owed, and the rest of the lines
    }
)
# Goods beside a part that are a piece of it: "juice 2 carton, chamal 4 bora matra, chini sakiyo".
_PIECES = frozenset({ActKind.NUMBER, ActKind.SOLD_OUT})
_PART_ACTS = frozenset(
    {ActKind.PART, ActKind.CHOICE, ActKind.NUMBER, ActKind.SHORT, ActKind.SOLD_OUT, ActKind.UNREAD}
)


def ask_part(turn: Turn, offer_id: int) -> Outcome:
    """Ask which lines and how much, by their numbers."""
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    if view.status is not OfferStatus.OPEN or view.expires_at <= turn.now:
        return offer_closed(view)
    return Outcome(
        goto=State.PART,
        say=Say("vendor/part_asked", {"offer": view}),
        slots={"offer": offer_id},
        order_id=view.order_id,
    )


def names_part(turn: Turn) -> bool:
    """Words for a part ("1042 lays 36 matra", or just "part"), or pairs of numbers, that mean an offer."""
    act = turn.act
    if act is not None and act.kind in _PIECES and not act.orders:
        return any(_is_part_of_offer(turn, one) for one in turn.acts)
    if act is None or act.kind not in (ActKind.PART, ActKind.UNREAD):
        return False
    is_part = bool(amounts_of(act)) if act.kind is ActKind.UNREAD else act.mood in (Mood.DONE, Mood.NOW)
    return (is_part or bool(act.orders)) and _meant(turn, act) is not None


def _is_part_of_offer(turn: Turn, act: Act) -> bool:
    is_said = act.kind is ActKind.PART and act.mood in (Mood.DONE, Mood.NOW)
    return is_said and bool(amounts_of(act)) and _meant(turn, act) is not None


def names_amounts(turn: Turn) -> bool:
    """Amounts for the lines of the offer whose part we asked for."""
    act = turn.act
    if act is None or act.kind not in _PART_ACTS or offer_in_hand(turn) is None:
        return False
    return bool(amounts_of(act))


def names_amounts_later(turn: Turn) -> bool:
    """Bare numbers while we still wait for the part, although the conversation has moved on.

    If the offer was shown again since, 1, 2 and 3 mean its own choices instead.
    """
    act = turn.act
    if act is None or act.kind is not ActKind.CHOICE or not names_amounts(turn):
        return False
    is_shown_again = any(p.kind == OFFER and p.subject_id == turn.slots.get("offer") for p in turn.prompts)
    return not (is_shown_again and act.lines in ((1,), (2,), (3,)))


def accept_part(turn: Turn) -> Outcome:
    """Promise the named lines in the named amounts. All other lines are promised in full.

    But where whole lines are named and nothing else ("salt only"), or the rest is denied, the other lines aren't promised.
    Nothing is promised while a piece of the text isn't read: it may be about a line.
    """
    act = next((one for one in turn.acts if one.kind is ActKind.PART), turn.acts[0])
    view = _meant(turn, act)
    if view is None:
        return list_offers(turn)
    said = [one for one in turn.acts if not denies_rest(one)]
    amounts = [amount for one in said for amount in amounts_of(one)]
    settled = settle_amounts(turn.session, amounts, view.lines) if amounts else None
    # Pairs of numbers mean lines only if we asked for lines.
    is_asked = offer_in_hand(turn) is not None or act.kind is not ActKind.UNREAD
    is_sure = all(_is_sure(one) for one in said) and not has_unread_piece(turn)
    if settled is None or not is_asked or not is_sure:
        return ask_part(turn, view.offer_id)
    if len(said) < len(turn.acts) or all(amount.count is None for amount in amounts):
        settled = dict.fromkeys(range(len(view.lines)), ZERO_QUANTITY) | settled
    return promise_part(turn, view, settled, eta_at=promised_at(act.when, now=turn.now))


def tells_lines_apart(turn: Turn) -> bool:
    """A yes or a no for each line of the only open offer, or of the one that is named: "wai wai dinchu, chini chaina"."""
    return turn.act is not None and turn.act.kind in _OF_LINES and _told_apart(turn) is not None


def accept_told_apart(turn: Turn) -> Outcome:
    """Promise the lines that are given, whole, and none of the others."""
    told = _told_apart(turn)
    if told is None:
        return list_offers(turn)
    view, settled = told
    return promise_part(turn, view, settled, eta_at=None)


def _told_apart(turn: Turn) -> tuple[OfferView, dict[int, Decimal]] | None:
    views = open_offers(turn.session, turn.vendor_id, now=turn.now)
    named = [view for act in turn.acts for view in those_named(act, views)] or list(views)
    if len({view.offer_id for view in named}) != 1:
        return None
    settled = lines_told_apart(turn.session, turn.text, named[0].lines, short_code=named[0].short_code)
    return None if settled is None else (named[0], settled)


def denies_rest(act: Act) -> bool:
    """Nothing but that the rest isn't there: "aru chaina", "baki sakiyo", "nothing else"."""
    words = act.text.split()
    if not 1 < len(words) <= _LONGEST_DENIAL or act.orders or amounts_of(act):
        return False
    names_rest = any(is_said(word, "claim_rest") or is_said(word, "rest_else") for word in words)
    return names_rest and all(any(is_said(word, group) for group in _REST_WORDS) for word in words)


def belongs_to_part(act: Act) -> bool:
    return act.kind is ActKind.PART or denies_rest(act) or (act.kind in _PIECES and not act.orders)


def has_unread_piece(turn: Turn) -> bool:
    """Whether a piece of the text isn't read, so that it may be about a line of the offer."""
    said = read_acts(turn.text, role=turn.role)
    return any(act.kind is ActKind.UNREAD and not amounts_of(act) and not denies_rest(act) for act in said)


def _is_sure(act: Act) -> bool:
    """Whether the act is certain; pairs of numbers always are."""
    return act.moves or (act.kind is ActKind.UNREAD and bool(amounts_of(act)))


def promise_part(
    turn: Turn, view: OfferView, settled: dict[int, Decimal], *, eta_at: dt.datetime | None
) -> Outcome:
    quantities = {
        line.order_line_id: min(settled.get(position, line.quantity), line.quantity)
        for position, line in enumerate(view.lines)
    }
    if all(wanted == ZERO_QUANTITY for wanted in quantities.values()):
        return ask_reason(turn, view.offer_id)
    return accept_or_ask(turn, Promise(view=view, eta_at=eta_at, quantities=quantities))


def _meant(turn: Turn, act: Act) -> OfferView | None:
    """The named offer, or the one whose part we asked for, or the only open one."""
    views = open_offers(turn.session, turn.vendor_id, now=turn.now)
    if named := those_named(act, views):
        return named[0]
    if asked := offer_in_hand(turn):
        return asked
    return views[0] if len(views) == 1 and not act.orders else None


def leaves_part(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CANCEL, ActKind.NO)


def show_whole_again(turn: Turn) -> Outcome:
    """Not a part after all: show the offer with its choices."""
    view = offer_in_hand(turn)
    return list_offers(turn) if view is None else show_offer(view)


def ask_part_again(turn: Turn) -> Outcome:
    """The text had no lines and quantities: ask again."""
    view = offer_in_hand(turn)
    return list_offers(turn) if view is None else ask_part(turn, view.offer_id)


def still_asked(turn: Turn) -> Say | None:
    """The reminder that we asked for a part, while its offer is open."""
    view = offer_in_hand(turn) if turn.party.kind is PartyKind.VENDOR else None
    return None if view is None else Say("vendor/part_waits", {"offer": view})


STEPS: tuple[Step, ...] = (
    Step(name="lines_told_apart", matches=tells_lines_apart, handler=accept_told_apart),
    Step(name="part", matches=names_part, handler=accept_part, takes=belongs_to_part),
    Step(name="part_later", matches=names_amounts_later, handler=accept_part, takes=frozenset()),
)
PART_STEPS: tuple[Step, ...] = (
    Step(name="part_amounts", matches=names_amounts, handler=accept_part, takes=_PART_ACTS),
    Step(name="whole_again", matches=leaves_part, handler=show_whole_again, takes=frozenset()),
)
PART_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="part_again", matches=lambda turn: bool(turn.text.strip()), handler=ask_part_again),
)
