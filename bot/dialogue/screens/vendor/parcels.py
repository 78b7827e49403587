"""A vendor's promised parcels: packing, dispatch, delivery time, and withdrawal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.days import promised_at
from bot.dialogue.screens.vendor.accepted import DISPATCH, ask_dispatch
from bot.dialogue.screens.vendor.offers import show_offer
from bot.dialogue.screens.vendor.open_work import (
    MOST_LISTED,
    Named,
    OpenWork,
    is_only_time,
    lock_several,
    named_by,
    nothing_of_that,
    numbers_in,
    open_work,
    own_order,
    parcels,
    those_named,
    time_of,
    unknown_numbers,
)
from bot.wording.say import Say
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.orders import delivery, eta, offers, queries
from core.orders.kinds import FulfillmentStatus
from core.orders.views import FulfillmentView
from core.parties import queries as parties
from core.refs import RetailerId

WITHDRAW = "withdraw"
_LACKING = (ActKind.PART, ActKind.SHORT)
_ANNOUNCED = frozenset({Mood.NOW, Mood.FUTURE})
_NUMBER_ALONE = frozenset({ActKind.CODE, ActKind.STATUS, ActKind.UNREAD, ActKind.ETA, ActKind.PART})


# Packing


def tell_packing(turn: Turn) -> Outcome:
    """List what is to be packed, line by line, and what is on its way."""
    found = open_work(turn)
    if not found.to_pack and not found.on_the_way:
        return nothing_of_that(turn, "parcel")
    return _packing(found.to_pack, found.on_the_way)


def _packing(to_pack: tuple[FulfillmentView, ...], on_the_way: tuple[FulfillmentView, ...]) -> Outcome:
    view = {
        "to_pack": to_pack[:MOST_LISTED],
        "on_the_way": on_the_way[:MOST_LISTED],
        "more": max(len(to_pack) - MOST_LISTED, 0) + max(len(on_the_way) - MOST_LISTED, 0),
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/packing", view))


# Dispatch


def sends(turn: Turn) -> bool:
    """A dispatch, or what an accepted parcel lacks and its dispatch behind it: "1042 ma chini 2 kg matra cha, pathaye"."""
    act = turn.act
    if act is None or act.kind not in (ActKind.DISPATCH, *_LACKING):
        return False
    if act.kind is ActKind.DISPATCH:
        return True
    is_sent = any(one.kind is ActKind.DISPATCH and one.moves for one in turn.acts)
    return is_sent and bool(those_named(act, parcels(turn, FulfillmentStatus.ACCEPTED)))


def goes_with_dispatch(act: Act) -> bool:
    return act.kind in (ActKind.DISPATCH, *_LACKING) or is_only_time(act)


def dispatch_named(turn: Turn) -> Outcome:
    """Dispatch the named parcels, or the only one: "dispatch 1042", "1021 ra 1022 pathaye".

    What is said to be missing from them is counted at the door, where the shop sees it too.
    """
    moving = [act for act in turn.acts if act.moves and act.kind is ActKind.DISPATCH]
    if not moving:
        return _disputed(turn) or tell_not_sent(turn, turn.acts[0])
    found = open_work(turn)
    if turn.acts[0].kind in _LACKING and len(moving) == 1 and not moving[0].orders:
        moving = [replace(moving[0], orders=turn.acts[0].orders)]
    ready = [parcel for act in moving for parcel in _to_send(found, act)]
    if len(ready) > 1 and not _names_which(moving):
        return _ask_which(ready)
    # Accepted and dispatched in one message: ask, because the goods can't have been packed yet.
    if fresh := [parcel for parcel in ready if parcel.accepted_at == turn.now]:
        return _not_sent(fresh[0], "fresh")
    named = named_by(turn, moving, found)
    if ready:
        return _dispatch_each(turn, ready, moving[0], named)
    if named.offers:
        return show_offer(named.offers[0], note="not_accepted")
    return _nothing_to_send(turn, moving[0], named.on_the_way, named.unknown)


def _names_which(acts: Sequence[Act]) -> bool:
    return any(act.orders or act.is_all for act in acts)


def _dispatch_each(turn: Turn, ready: Sequence[FulfillmentView], act: Act, named: Named) -> Outcome:
    dispatched = [_dispatch(turn, parcel.fulfillment_id, act) for parcel in ready]
    lacking = [one.text for one in turn.acts if one.kind in _LACKING]
    if len(dispatched) == 1 and not named.on_the_way and not named.unknown:
        return _dispatched(dispatched[0], lacking=lacking)
    view = {
        "lacking": lacking,
        "parcels": dispatched[:MOST_LISTED],
        "more": max(len(dispatched) - MOST_LISTED, 0),
        "sent": [parcel.short_code for parcel in named.on_the_way],
        "unknown": named.unknown[:MOST_LISTED],
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/dispatched_several", view))


def _ask_which(parcels: Sequence[FulfillmentView]) -> Outcome:
    return Outcome(goto=State.VENDOR, say=Say("vendor/dispatch_which", {"parcels": parcels[:MOST_LISTED]}))


def _to_send(found: OpenWork, act: Act) -> list[FulfillmentView]:
    return those_named(act, found.to_pack) if act.orders else list(found.to_pack)


def _nothing_to_send(turn: Turn, act: Act, sent: list[FulfillmentView], unknown: list[str]) -> Outcome:
    if sent:
        return ask_code(sent[0])
    if act.orders and not unknown:
        return tell_order(turn, act.orders[0])
    return nothing_of_that(turn, "parcel", unknown)


def _dispatch(turn: Turn, fulfillment_id: int, act: Act | None) -> FulfillmentView:
    return delivery.dispatch(
        turn.session,
        fulfillment_id,
        eta_at=promised_at(time_of(turn.acts, act), now=turn.now) if act else None,
        actor=turn.actor,
        now=turn.now,
    )


def _dispatched(parcel: FulfillmentView, *closes: Prompt, lacking: Sequence[str] = ()) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/dispatched", {"parcel": parcel, "lacking": list(lacking)}),
        closes=closes,
        order_id=parcel.order_id,
    )


def _disputed(turn: Turn) -> Outcome | None:
    """A dispatch that is denied after it was told: the shop has the code already, so a person puts it right."""
    denied = [act for act in turn.acts if act.kind is ActKind.DISPATCH and act.is_denied and act.orders]
    sent = [parcel for act in denied for parcel in those_named(act, open_work(turn).on_the_way)]
    if not sent:
        return None
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/dispatch_disputed", {"parcels": sent[:MOST_LISTED]}),
        needs_person="dispatch_disputed",
        order_id=sent[0].order_id,
    )


def tell_not_sent(turn: Turn, act: Act) -> Outcome:
    """A dispatch that is denied, asked or in the future: change nothing, and offer a button to dispatch."""
    if act.mood is Mood.FUTURE and (noted := note_promised_day(turn, act)) is not None:
        return noted
    found = open_work(turn)
    named = _to_send(found, act)
    if len(named) == 1:
        return _not_sent(named[0], act.mood.value)
    sent = those_named(act, found.on_the_way)
    if sent:
        return ask_code(sent[0])
    if len(named) > 1:
        return _ask_which(named)
    return _nothing_to_send(turn, act, [], unknown_numbers(turn, act, found.numbers))


def _not_sent(parcel: FulfillmentView, mood: str) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/not_sent", {"parcel": parcel, "mood": mood}),
        ask=ask_dispatch(parcel),
        order_id=parcel.order_id,
    )


def answer_dispatch(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """Dispatch, by the button under an accepted order."""
    return _dispatched(_dispatch(turn, prompt.subject_id, None), prompt)


def ask_code(parcel: FulfillmentView, *, note: str | None = None) -> Outcome:
    """Say that the parcel is on its way and needs the code; nothing changes without it."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/code_asked", {"parcel": parcel, "note": note}),
        order_id=parcel.order_id,
    )


# One order by its number


def names_own_order(turn: Turn) -> bool:
    """The number of an order of this vendor, alone or with words that no other step understood."""
    act = turn.act
    if act is None or act.kind not in _NUMBER_ALONE:
        return False
    return any(own_order(turn, number) is not None for number in numbers_in(act))


def tell_own_order(turn: Turn) -> Outcome:
    """Show that order's status at this vendor, or store the delivery time that was named with it."""
    act = replace(turn.acts[0], orders=numbers_in(turn.acts[0]))
    found = open_work(turn)
    promised = [*those_named(act, found.to_pack), *those_named(act, found.on_the_way)]
    eta_at = promised_at(act.when, now=turn.now)
    if len(promised) == 1 and eta_at is not None:
        return _note_time(turn, promised[0], eta_at)
    numbers = [number for number in act.orders if own_order(turn, number) is not None]
    return tell_order(turn, numbers[0])


def tells_only_time(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind is ActKind.ETA and not turn.act.orders


def note_eta(turn: Turn) -> Outcome:
    """Store the time for the only parcel; of several, list them, because the number is missing."""
    act, found = turn.acts[0], open_work(turn)
    eta_at = promised_at(act.when, now=turn.now)
    if len(found.parcels) != 1 or eta_at is None or not act.moves:
        return tell_packing(turn)
    return _note_time(turn, found.parcels[0], eta_at)


def note_promised_day(turn: Turn, act: Act) -> Outcome | None:
    """Store the day for which a promised parcel is announced ("1042 bholi pathauchu"); None if it names none."""
    found = open_work(turn)
    meant = those_named(act, found.parcels) if act.orders else list(found.parcels)
    when = act.when or next((one.when for one in turn.acts if one.when and not one.orders), None)
    eta_at = promised_at(when, now=turn.now)
    if act.mood not in _ANNOUNCED or len(meant) != 1 or eta_at is None:
        return None
    return _note_time(turn, meant[0], eta_at)


def _note_time(turn: Turn, meant: FulfillmentView, eta_at: dt.datetime) -> Outcome:
    parcel = eta.set_eta(turn.session, meant.fulfillment_id, eta_at=eta_at, actor=turn.actor)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/eta_noted", {"parcel": parcel}),
        ask=ask_dispatch(parcel) if parcel.status is FulfillmentStatus.ACCEPTED else None,
        order_id=parcel.order_id,
    )


def tell_order(turn: Turn, number: str) -> Outcome:
    """Show the order with that number: to pack, on the way, or done."""
    order = own_order(turn, number)
    if order is None:
        return nothing_of_that(turn, "parcel", [number])
    found = open_work(turn)
    to_pack = tuple(parcel for parcel in found.to_pack if parcel.order_id == order.id)
    on_the_way = tuple(parcel for parcel in found.on_the_way if parcel.order_id == order.id)
    if to_pack or on_the_way:
        return _packing(to_pack, on_the_way)
    facts = {"short_code": order.short_code, "status": order.status}
    return Outcome(goto=State.VENDOR, say=Say("errors/already_done", {"facts": facts}), order_id=order.id)


# Where the shop is


def tell_address(turn: Turn) -> Outcome:
    """Show where the shops of the named parcels are, or of all that are promised: nobody else's address."""
    act, found = turn.acts[0], open_work(turn)
    named = those_named(act, found.parcels) if act.orders else list(found.parcels)
    if not named:
        if act.orders and own_order(turn, act.orders[0]) is not None:
            return tell_order(turn, act.orders[0])
        return nothing_of_that(turn, "parcel", unknown_numbers(turn, act, found.numbers))
    shops = [
        {"parcel": parcel, "shop": parties.get_retailer(turn.session, RetailerId(parcel.retailer_id))}
        for parcel in named[:MOST_LISTED]
    ]
    return Outcome(goto=State.VENDOR, say=Say("vendor/address", {"shops": shops}))


# Withdrawing


def withdraws(turn: Turn) -> bool:
    """A withdrawal, also in the words of a no to an offer."""
    act = turn.act
    if act is None or act.kind not in (ActKind.WITHDRAW, ActKind.DECLINE):
        return False
    return act.kind is ActKind.WITHDRAW or bool(those_named(act, parcels(turn, FulfillmentStatus.ACCEPTED)))


def ask_withdraw(turn: Turn) -> Outcome:
    """Ask before withdrawing the named parcels, because it costs the vendor reliability."""
    act = turn.acts[0]
    found = open_work(turn)
    named = _to_send(found, act)
    if len(named) > 1 and not act.orders:
        return tell_packing(turn)
    if not named:
        if offered := those_named(act, found.offers):
            return show_offer(offered[0], note="not_accepted")
        if sent := those_named(act, found.on_the_way):
            return ask_code(sent[0])
        return _nothing_to_send(turn, act, [], unknown_numbers(turn, act, found.numbers))
    if act.is_denied:
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"))
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/withdraw_asked", {"parcels": named[:MOST_LISTED]}),
        ask=Ask(
            kind=WITHDRAW,
            subject_id=named[0].fulfillment_id,
            facts={
                "about": {"short_code": named[0].short_code},
                "parcels": [parcel.fulfillment_id for parcel in named[:MOST_LISTED]],
            },
        ),
        order_id=named[0].order_id,
    )


def answer_withdraw(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Withdraw the parcels, or keep them."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    ids = list(prompt.facts.get("parcels") or [prompt.subject_id])
    lock_several(turn, *(queries.fulfillment_view(turn.session, one).order_id for one in ids))
    for fulfillment_id in ids:
        offers.withdraw(
            turn.session, fulfillment_id, reason="vendor_withdrew", actor=turn.actor, now=turn.now
        )
    withdrawn = [queries.fulfillment_view(turn.session, one) for one in ids]
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/withdrawn", {"parcels": withdrawn}),
        closes=[prompt],
        order_id=withdrawn[0].order_id,
    )


def stale_parcel(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_packing(turn)


STEPS: tuple[Step, ...] = (
    Step(
        name="packing",
        matches=does(ActKind.PARCELS),
        handler=tell_packing,
        takes=frozenset({ActKind.PARCELS}),
    ),
    Step(
        name="address",
        matches=does(ActKind.ASK_ADDRESS),
        handler=tell_address,
        takes=frozenset({ActKind.ASK_ADDRESS}),
    ),
    Step(name="withdraw", matches=withdraws, handler=ask_withdraw, takes=frozenset()),
    Step(
        name="dispatch",
        matches=sends,
        handler=dispatch_named,
        takes=goes_with_dispatch,
    ),
    Step(name="eta", matches=tells_only_time, handler=note_eta, takes=frozenset({ActKind.ETA})),
    Step(name="own_order", matches=names_own_order, handler=tell_own_order, takes=frozenset()),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=DISPATCH, answer=answer_dispatch, stale=stale_parcel, is_shortcut=True),
    PromptKind(
        name=WITHDRAW, subject="parcel", answer=answer_withdraw, stale=stale_parcel, yes="yes", no="no"
    ),
)
