"""Shortages that shops report: the vendor agrees to credit them, or they go to the admins."""

from __future__ import annotations

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.screens.vendor.open_work import nothing_of_that
from bot.wording.say import Say
from core.intake.acts.types import ActKind
from core.messaging.models import Prompt
from core.orders import shortages
from core.orders.kinds import ShortageStatus
from core.orders.shortages import ShortageView

SHORTAGE = "shortage"
AGAIN = "again"


def shortage_ask(view: ShortageView) -> Ask:
    about = {"short_code": view.parcel.short_code, "total_minor": view.worth.minor}
    return Ask(kind=SHORTAGE, subject_id=view.shortage_id, facts={"about": about})


def answer_shortage(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Agree, which lowers the bill, or refuse, which puts it on the admins' list. A yes after other words asks again."""
    asked = shortages.shortage_view(turn.session, prompt.subject_id, vendor_id=turn.vendor_id)
    if choice == AGAIN:
        return ask_shortage(asked)
    if choice != "yes":
        shortages.refuse(turn.session, prompt.subject_id, actor=turn.actor, now=turn.now)
        view = shortages.shortage_view(turn.session, prompt.subject_id)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/shortage_refused", {"shortage": view}),
            closes=[prompt],
            needs_person="shortage_refused",
            order_id=view.parcel.order_id,
        )
    shortages.agree(turn.session, prompt.subject_id, actor=turn.actor, now=turn.now)
    view = shortages.shortage_view(turn.session, prompt.subject_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/shortage_agreed", {"shortage": view}),
        closes=[prompt],
        order_id=view.parcel.order_id,
    )


def stale_shortage(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """An old button: ask again if the report is open, or say how it ended."""
    view = shortages.shortage_view(turn.session, prompt.subject_id, vendor_id=turn.vendor_id)
    if view.status is ShortageStatus.OPEN:
        return ask_shortage(view)
    say = Say("vendor/shortage_closed", {"shortage": view})
    return Outcome(goto=State.VENDOR, say=say, order_id=view.parcel.order_id)


def ask_shortage(view: ShortageView) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/shortage", {"shortage": view}),
        ask=shortage_ask(view),
        order_id=view.parcel.order_id,
    )


def list_shortages(turn: Turn) -> Outcome:
    """Show the oldest report that waits for this vendor."""
    waiting = shortages.open_shortages_of_vendor(turn.session, turn.vendor_id)
    if not waiting:
        return nothing_of_that(turn, "shortage")
    return ask_shortage(shortages.shortage_view(turn.session, waiting[0], vendor_id=turn.vendor_id))


STEPS: tuple[Step, ...] = (
    Step(
        name="shortages",
        matches=does(ActKind.SHORT, ActKind.DAMAGED),
        handler=list_shortages,
        takes=frozenset({ActKind.SHORT, ActKind.DAMAGED}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=SHORTAGE, answer=answer_shortage, stale=stale_shortage, yes="yes", no="no", late_yes=AGAIN
    ),
)
