"""A vendor declines offers; the reason is asked for afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.screens.vendor.offer_views import offer_view
from bot.dialogue.screens.vendor.offers import (
    DECLINE,
    list_offers,
    offer_closed,
    prompts_about,
    show_offer,
    tell_closed,
)
from bot.dialogue.screens.vendor.open_work import (
    lock_several,
    nothing_of_that,
    open_work,
    those_named,
    unknown_numbers,
)
from bot.wording.say import Say
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.messaging.models import Prompt
from core.orders import offers
from core.routing.models import OfferStatus

REASONS = ("no_stock", "price", "too_far", "closed", "other")
_LONGEST_REASON = 200
_POLITE = frozenset({ActKind.GREETING, ActKind.THANKS})
# What a reason may read as; a number makes it a price, a stock or a part.
_REASON_ACTS = frozenset(
    {
        ActKind.UNREAD, ActKind.DECLINE, ActKind.SHORT, ActKind.DAMAGED, ActKind.SOLD_OUT, ActKind.CLOSED, ActKind.PRICE, ActKind.STOCK,
        ActKind.NO, ActKind.BACK,
    }
)  # fmt: skip
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


def declines_offer(turn: Turn) -> bool:
    """A no to an offer. For a promised parcel, the same words withdraw it."""
    act = turn.act
    if act is None or act.kind is not ActKind.DECLINE:
        return False
    found = open_work(turn)
    return bool(those_named(act, found.offers)) or not those_named(act, found.to_pack)


def decline_named(turn: Turn) -> Outcome:
    """Decline the named offer, as in "1025 chaina". Ask for the reason if the words don't give one."""
    act = turn.acts[0]
    found = open_work(turn)
    views = those_named(act, found.offers) or (list(found.offers) if not act.orders else [])
    if not views:
        unknown = unknown_numbers(turn, act, found.numbers)
        return tell_closed(turn, unknown) if unknown else nothing_of_that(turn, "offer")
    if len(views) > 1 and not act.orders:
        return list_offers(turn, views)
    if not act.moves or _speaks_of_more(turn):
        return show_offer(views[0], note=act.mood.value) if len(views) == 1 else list_offers(turn, views)
    if beside := " ".join(one.text for one in turn.acts[1:]):
        return _decline(turn, [view.offer_id for view in views], beside[:_LONGEST_REASON])
    if act.reason is None or act.reason.value not in REASONS:
        return ask_reason(turn, *(view.offer_id for view in views))
    return _decline(turn, [view.offer_id for view in views], act.reason.value)


def says_why(act: Act) -> bool:
    """Whether the words beside a no can only be its reason: "1024 linna, gadi bigryo"."""
    return act.kind in (ActKind.SHORT, ActKind.DAMAGED, ActKind.UNREAD) and _is_wordy(act)


def _is_wordy(act: Act) -> bool:
    return not act.orders and not act.codes and not act.amounts and act.number is None


def _speaks_of_more(turn: Turn) -> bool:
    """Whether more than a no is said, and no order named: "stock chaina: chini, tel" may be about the goods alone."""
    about = {ActKind.DECLINE, ActKind.NO, ActKind.GREETING, ActKind.THANKS}
    said = read_acts(turn.text, role=turn.role)
    return not turn.acts[0].orders and any(act.kind not in about for act in said)


def ask_reason(turn: Turn, *offer_ids: int | Prompt) -> Outcome:
    """Decline at the first word, so that others are asked at once; then ask for the reason, with the usual ones to tap."""
    ids = [one for one in offer_ids if isinstance(one, int)]
    closes = [one for one in offer_ids if isinstance(one, Prompt)]
    view = offer_view(turn.session, ids[0], vendor_id=turn.vendor_id)
    if view.status is not OfferStatus.OPEN:
        return offer_closed(view)
    numbers = [offer_view(turn.session, one, vendor_id=turn.vendor_id).short_code for one in ids]
    lock_several(turn, *_orders_of(turn, ids))
    for offer_id in ids:
        offers.decline(turn.session, offer_id, reason=None, actor=turn.actor, now=turn.now)
    about = [prompt for one in ids for prompt in prompts_about(turn, one)]
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/reason_asked", {"offer": view, "numbers": numbers, "reasons": list(REASONS)}),
        ask=Ask(
            kind=DECLINE,
            subject_id=ids[0],
            facts={"about": {"short_code": view.short_code}, "offers": ids},
        ),
        closes=[*about, *(prompt for prompt in closes if prompt not in about)],
        slots={"offer": None},
        order_id=view.order_id,
    )


def answer_reason(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Keep one of the usual reasons, or ask for the vendor's own words."""
    ids = list(prompt.facts.get("offers") or [prompt.subject_id])
    if choice == "other":
        return Outcome(
            goto=State.DECLINE_WORDS,
            say=Say("vendor/own_words"),
            slots={"declining": ids},
            closes=[prompt],
        )
    return _noted(turn, ids, choice, prompt)


def types_reason(turn: Turn) -> bool:
    """Words of a reason while it is what was asked last: "gadi bigryo ani stock pani chaina"."""
    if _asked_why(turn) is None or turn.short is not None or not turn.text.strip():
        return False
    said = [act for act in turn.acts if act.kind not in _POLITE]
    return bool(said) and all(_may_be_reason(act) for act in said)


def take_typed_reason(turn: Turn) -> Outcome:
    """Keep the reason in the vendor's own words; one of the usual ones where that is all that is said."""
    prompt = _asked_why(turn)
    if prompt is None:
        return list_offers(turn)
    usual = {act.reason.value for act in turn.acts if act.reason is not None}
    is_usual = len(turn.acts) == len(usual) == 1 and usual <= set(REASONS)
    reason = usual.pop() if is_usual else turn.text[:_LONGEST_REASON]
    return _noted(turn, list(prompt.facts.get("offers") or [prompt.subject_id]), reason, prompt)


def _asked_why(turn: Turn) -> Prompt | None:
    """The question for the reason, if it is what was asked last."""
    asked = [prompt for prompt in turn.prompts if prompt.opened_at <= turn.input.at]
    newest = max(asked, key=lambda prompt: prompt.id, default=None)
    return newest if newest is not None and newest.kind == DECLINE else None


def _may_be_reason(act: Act) -> bool:
    return act.kind in _REASON_ACTS and not act.orders and not act.codes and act.number is None


def gives_reason(turn: Turn) -> bool:
    """Text that is the reason we asked for: without numbers, and without any other act."""
    is_other = any(act.orders or act.codes or act.kind in _NO_REASON for act in turn.acts)
    return bool(turn.acts) and not is_other


def take_own_words(turn: Turn) -> Outcome:
    """Keep the vendor's own words as the reason."""
    declining = turn.slots.get("declining")
    if declining is None:
        return list_offers(turn)
    ids = list(declining) if isinstance(declining, list) else [declining]
    return _noted(turn, ids, turn.text[:_LONGEST_REASON])


def _noted(turn: Turn, offer_ids: Sequence[int], reason: str, *closes: Prompt) -> Outcome:
    views = [offer_view(turn.session, one, vendor_id=turn.vendor_id) for one in offer_ids]
    for offer_id in offer_ids:
        offers.note_decline_reason(turn.session, offer_id, vendor_id=turn.vendor_id, reason=reason)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/reason_noted", {"numbers": [view.short_code for view in views]}),
        closes=closes,
        slots={"declining": None},
        order_id=views[0].order_id,
    )


def stale_reason(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """The reason was told already, or something else was asked since."""
    return offer_closed(offer_view(turn.session, prompt.subject_id, vendor_id=turn.vendor_id))


def _orders_of(turn: Turn, offer_ids: Sequence[int]) -> list[int]:
    return [offer_view(turn.session, one, vendor_id=turn.vendor_id).order_id for one in offer_ids]


def _decline(turn: Turn, offer_ids: Sequence[int], reason: str) -> Outcome:
    views = [offer_view(turn.session, one, vendor_id=turn.vendor_id) for one in offer_ids]
    for offer_id in offer_ids:
        offers.decline(turn.session, offer_id, reason=reason, actor=turn.actor, now=turn.now)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/declined", {"offer": views[0], "numbers": [view.short_code for view in views]}),
        closes=[prompt for offer_id in offer_ids for prompt in prompts_about(turn, offer_id)],
        slots={"offer": None, "declining": None},
        order_id=views[0].order_id,
    )


STEPS: tuple[Step, ...] = (
    Step(name="decline", matches=declines_offer, handler=decline_named, takes=says_why),
)
FIRST_STEPS: tuple[Step, ...] = (Step(name="reason_typed", matches=types_reason, handler=take_typed_reason),)
DECLINE_STEPS: tuple[Step, ...] = (Step(name="own_words", matches=gives_reason, handler=take_own_words),)
DECLINE_LAST_STEPS: tuple[Step, ...] = (
    Step(name="own_words_last", matches=lambda turn: bool(turn.text.strip()), handler=take_own_words),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    # The offer is declined already: nothing waits for the reason.
    PromptKind(name=DECLINE, answer=answer_reason, stale=stale_reason, is_shortcut=True),
)
