"""A vendor accepts offers: one, the named ones, or all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.days import promised_at
from bot.dialogue.reading.line_amounts import amounts_of, settle_amounts
from bot.dialogue.screens.vendor.accepted import accept_each, accept_one, sum_of, tell_each
from bot.dialogue.screens.vendor.declining import ask_reason
from bot.dialogue.screens.vendor.late import Promise, accept_or_ask, ask_late, is_late
from bot.dialogue.screens.vendor.offer_views import OfferView
from bot.dialogue.screens.vendor.offers import (
    ACCEPT,
    OFFER,
    REFUSE,
    list_offers,
    prompts_about,
    show_offer,
    stale_offer,
    tell_closed,
)
from bot.dialogue.screens.vendor.open_work import (
    Named,
    is_only_time,
    lock_several,
    named_by,
    nothing_of_that,
    open_work,
    those_named,
    time_of,
    unknown_numbers,
)
from bot.dialogue.screens.vendor.parcels import note_promised_day
from bot.dialogue.screens.vendor.partial import ask_part, has_unread_piece, promise_part
from bot.wording.say import Say
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt

ACCEPT_ALL = "accept_all"


def accepts(turn: Turn) -> bool:
    """An acceptance, or a yes that names an order or everything."""
    act = turn.act
    if act is None:
        return False
    return act.kind is ActKind.ACCEPT or (act.kind is ActKind.YES and bool(act.orders or act.is_all))


def accept_named(turn: Turn) -> Outcome:
    """Accept the named open offers: "1042 thik cha", "accept 1025 1028", "sabai hunxa"."""
    turn = replace(turn, acts=_with_times(turn.acts))
    acts = [act for act in turn.acts if accepts_alone(act)]
    moving = [act for act in acts if _takes(act)]
    if not moving:
        return show_meant(turn, acts[0])
    found = open_work(turn)
    if any(act.is_all and not act.orders for act in moving) and len(found.offers) > 1:
        return ask_all(turn, found.offers)
    if not any(act.orders for act in moving):
        return _accept_only(turn, found.offers, moving[0])
    return _accept_numbered(turn, moving, named_by(turn, moving, found), left=_left(turn, acts))


def _takes(act: Act) -> bool:
    """Whether the act takes an offer: a clear yes, or the button's own words ("ho ho linchu")."""
    return act.moves or (act.is_button and act.is_certain)


def _with_times(acts: Sequence[Act]) -> tuple[Act, ...]:
    """Beside the button's words "bholi pathauchu" only says when: "1022 linchu ni, bholi pathauchu"."""
    if not any(_takes(act) for act in acts):
        return tuple(acts)
    return tuple(replace(act, kind=ActKind.ETA) if _announces_day(act) else act for act in acts)


def _announces_day(act: Act) -> bool:
    is_announced = act.kind is ActKind.ACCEPT and act.mood is Mood.FUTURE and not act.is_button
    return is_announced and act.is_certain and act.when is not None and not act.orders and not act.is_all


def _accept_numbered(turn: Turn, moving: Sequence[Act], named: Named, *, left: Sequence[str]) -> Outcome:
    """Accept the offers by number; a single one less what the same text says is unavailable."""
    if len(named.offers) == 1 and not named.parcels and not named.unknown:
        return _accept_without(turn, named.offers[0], _act_naming(named.offers[0], moving))
    if not named.offers and not named.parcels:
        return tell_closed(turn, named.unknown)
    eta = {
        view.offer_id: promised_at(time_of(turn.acts, _act_naming(view, moving)), now=turn.now)
        for view in named.offers
    }
    promises = [Promise(view=view, eta_at=eta[view.offer_id]) for view in named.offers]
    if any(is_late(turn, promise) for promise in promises):
        return ask_late(turn, promises, unknown=[*named.unknown, *left])
    accepted = accept_each(turn, named.offers, eta)
    return tell_each(turn, accepted, yours=named.parcels, unknown=named.unknown, left=left)


def _act_naming(view: OfferView, acts: Sequence[Act]) -> Act:
    """The last of *acts* that names the offer's order: a time said later replaces one said before."""
    return next(act for act in reversed(acts) if str(view.short_code) in act.orders)


def goes_with_accept(act: Act) -> bool:
    """Whether the accept step also takes *act*: acceptances, what is unavailable, and the delivery time."""
    if accepts_alone(act) or is_only_time(act):
        return True
    return act.kind in (ActKind.SOLD_OUT, ActKind.PART) and not act.orders


def accepts_alone(act: Act) -> bool:
    return act.kind in (ActKind.ACCEPT, ActKind.YES)


def _left(turn: Turn, acts: Sequence[Act]) -> list[str]:
    """The texts of acts beside the acceptances that weren't carried out."""
    return [act.text for act in turn.acts if not is_only_time(act) and (act not in acts or not _takes(act))]


def _accept_only(turn: Turn, views: Sequence[OfferView], act: Act) -> Outcome:
    """Accept the only open offer, for a yes without a number."""
    if not views:
        return tell_closed(turn, ())
    if len(views) > 1:
        return list_offers(turn, list(views))
    return _accept_without(turn, views[0], act)


def _accept_without(turn: Turn, view: OfferView, act: Act) -> Outcome:
    """Accept, less the goods that the same text says are unavailable ("1022 huncha tara coke chaina")."""
    gone = [one for one in turn.acts if one.kind in (ActKind.SOLD_OUT, ActKind.PART)]
    eta_at = promised_at(time_of(turn.acts, act), now=turn.now)
    if not gone:
        return accept_or_ask(turn, Promise(view=view, eta_at=eta_at))
    amounts = [amount for one in gone for amount in amounts_of(one)]
    settled = settle_amounts(turn.session, amounts, view.lines)
    if settled is None or not all(one.moves for one in gone) or has_unread_piece(turn):
        return ask_part(turn, view.offer_id)
    return promise_part(turn, view, settled, eta_at=eta_at)


def show_meant(turn: Turn, act: Act) -> Outcome:
    """An acceptance that is denied, asked, wished or in the future: promise nothing, and show the offer."""
    found = open_work(turn)
    named = those_named(act, found.offers) or (list(found.offers) if not act.orders else [])
    if len(named) > 1 and act.is_all and act.mood is Mood.FUTURE:
        return ask_all(turn, named)
    if len(named) == 1:
        return show_offer(named[0], note=act.mood.value, eta_at=promised_at(act.when, now=turn.now))
    if len(named) > 1:
        return list_offers(turn, named)
    return note_promised_day(turn, act) or tell_closed(turn, unknown_numbers(turn, act, found.numbers))


def answer_offer(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Accept the offer whole, accept a part, or decline."""
    match choice:
        case "accept":
            eta = prompt.facts.get("eta_at")
            return accept_one(turn, prompt.subject_id, eta_at=dt.datetime.fromisoformat(eta) if eta else None)
        case "part":
            return ask_part(turn, prompt.subject_id)
        case _:
            return ask_reason(turn, prompt.subject_id, prompt)


# All of them


def ask_all(turn: Turn, views: Sequence[OfferView]) -> Outcome:
    """Ask whether to accept all open offers, with their total."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/accept_all_asked", {"offers": list(views), "total": sum_of(views)}),
        ask=Ask(
            kind=ACCEPT_ALL,
            subject_id=turn.conversation_id,
            facts={
                "offers": [view.offer_id for view in views],
                "about": {"total_minor": sum_of(views).minor},
            },
        ),
    )


def answer_all(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Accept the listed offers that are still open, or leave them."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    listed = frozenset(prompt.facts["offers"])
    views = [view for view in open_work(turn).offers if view.offer_id in listed]
    if not views:
        return nothing_of_that(turn, "offer")
    lock_several(turn, *(view.order_id for view in views))
    accepted = accept_each(turn, views, {})
    closes = [prompt, *(one for view in views for one in prompts_about(turn, view.offer_id))]
    return tell_each(turn, accepted, closes=closes)


def stale_all(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return list_offers(turn)


STEPS: tuple[Step, ...] = (
    Step(
        name="accept",
        matches=accepts,
        handler=accept_named,
        takes=goes_with_accept,
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=OFFER, subject="offer", answer=answer_offer, stale=stale_offer, yes=ACCEPT, no=REFUSE),
    PromptKind(name=ACCEPT_ALL, answer=answer_all, stale=stale_all, yes="yes", no="no"),
)
