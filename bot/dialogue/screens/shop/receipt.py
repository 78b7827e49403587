"""Receipt of goods: everything came, or something is short or damaged and the vendor is asked to credit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.line_amounts import line_in_parts, part_amounts
from bot.dialogue.reading.words import is_said
from bot.dialogue.screens.shop import ordering, tracking
from bot.dialogue.screens.shop.tracking import named_order
from bot.wording.say import Say
from core.intake.acts.chunks import read_chunks
from core.intake.acts.clauses import split_into_clauses
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.orders import delivery, queries, shortages
from core.orders.kinds import FulfillmentStatus
from core.orders.outcomes import ORDER, OrderEvent
from core.orders.shortages import ReportableLine
from core.orders.views import LineView, OrderView
from core.outcomes import states_changed_by
from core.quantity import ZERO_QUANTITY

RECEIPT = "receipt"
SHORT = (ActKind.SHORT, ActKind.DAMAGED)
_RECEIVABLE = states_changed_by(ORDER, OrderEvent.CONFIRM_RECEIPT)


# Everything came


def says_received(turn: Turn) -> bool:
    """A receipt without a shortage: "all came, four are broken" isn't one."""
    return does(ActKind.RECEIVED)(turn) and not says_short(turn)


def receive(turn: Turn) -> Outcome:
    """Confirm receipt of the named or the only delivered order. For anything but a plain yes, ask what is wrong."""
    order = named_order(turn)
    if turn.act is None or not turn.act.moves:
        return ask_what_is_wrong(turn)
    if order is not None:
        return _receive(turn, order.id)
    views = queries.open_orders(turn.session, turn.retailer_id)
    waiting = [view for view in views if view.status in _RECEIVABLE]
    if len(waiting) == 1:
        return _receive(turn, waiting[0].order_id)
    if not waiting:
        return tracking.tell_status(turn)
    return Outcome(goto=State.SHOP, say=Say("tracking/orders", tracking.listed(waiting)))


def ask_what_is_wrong(turn: Turn) -> Outcome:
    """Ask what is wrong with a delivered order. For any other, "not received" asks where it is."""
    named = named_order(turn)
    views = [
        view
        for view in queries.open_orders(turn.session, turn.retailer_id)
        if view.status in _RECEIVABLE and (named is None or view.order_id == named.id)
    ]
    if len(views) != 1:
        return tracking.tell_status(turn)
    view = views[0]
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/not_received", {"order": view}),
        ask=receipt_ask(view.order_id, view.short_code),
        order_id=view.order_id,
    )


def denies_taking(turn: Turn) -> bool:
    """Says that the goods of a delivered order weren't taken: "maile ta 1 bora ni liyeko chaina"."""
    is_asked = any(prompt.kind == RECEIPT for prompt in turn.prompts)
    if not is_asked or turn.act is None or turn.act.kind not in (ActKind.ORDER, ActKind.UNREAD):
        return False
    clauses = split_into_clauses(read_chunks(turn.text))
    return any(clause.verb("take", tense="past") and clause.is_denied for clause in clauses)


def _ask_receipt(turn: Turn, order_id: int, *closes: Prompt) -> Outcome:
    """Ask whether everything came: a yes after other words may have been for something else."""
    view = queries.order_view(turn.session, order_id)
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/receipt_asked", {"order": view}),
        ask=receipt_ask(order_id, view.short_code),
        closes=closes,
        order_id=order_id,
    )


def receipt_ask(order_id: int, short_code: int | None) -> Ask:
    return Ask(kind=RECEIPT, subject_id=order_id, facts={"about": {"short_code": short_code}})


def _receive(turn: Turn, order_id: int, *closes: Prompt) -> Outcome:
    delivery.confirm_receipt(turn.session, order_id, actor=turn.actor, now=turn.now)
    view = queries.order_view(turn.session, order_id)
    # "All came" takes no report back: whoever made it may be somebody else of the shop.
    waiting = shortages.open_shortages_of_order(turn.session, order_id)
    about = [prompt for prompt in turn.prompts if prompt.kind == RECEIPT and prompt.subject_id == order_id]
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/received", {"order": view, "reports": waiting}),
        closes=[*closes, *(prompt for prompt in about if prompt not in closes)],
        order_id=order_id,
    )


def answer_receipt(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Everything came, or something is short or damaged, or nothing came, which goes to the admins' list."""
    if choice == "yes":
        return _receive(turn, prompt.subject_id, prompt)
    if choice == "again":
        return _ask_receipt(turn, prompt.subject_id, prompt)
    if choice == "nothing":
        return Outcome(
            goto=State.SHOP,
            say=Say("anywhere/person"),
            closes=[prompt],
            needs_person="not_received",
            order_id=prompt.subject_id,
        )
    return ask_shortfall(turn, prompt.subject_id, prompt)


def stale_receipt(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """An old button. A shortage can be reported for two days, even with it."""
    order = queries.get_order(turn.session, prompt.subject_id, retailer_id=turn.retailer_id)
    if choice == "short" and order.id in {view.order_id for view in _reportable(turn)}:
        return ask_shortfall(turn, order.id)
    return tracking.stale_order(turn, prompt, choice)


# Something is short


def says_short(turn: Turn) -> bool:
    """A shortage report. In the shortfall state, only with an order's number: other words answer the question there."""
    if turn.state is State.SHORTFALL and not any(act.orders for act in turn.acts):
        return False
    return any(act.kind in SHORT for act in turn.acts) and does(*SHORT, ActKind.RECEIVED)(turn)


def report_short(turn: Turn) -> Outcome:
    """Report missing or damaged goods at once if lines and amounts are named; otherwise, ask for them."""
    order = named_order(turn)
    lately = [view for view in _reportable(turn) if order is None or view.order_id == order.id]
    said = [act for act in turn.acts if act.kind in SHORT]
    if all(act.mood is Mood.DENIED and not act.moves for act in said):
        return tracking.tell_status(turn)
    if len(lately) > 1:
        return Outcome(goto=State.SHOP, say=Say("tracking/short_which", {"orders": lately}))
    if not lately:
        return _tell_it_is_on_the_way(turn) or Outcome(goto=State.SHOP, say=Say("tracking/nothing_delivered"))
    order_id = lately[0].order_id
    if _is_reported(turn, lately[0], said):
        facts = {"short_code": lately[0].short_code}
        return Outcome(goto=State.SHOP, say=Say("errors/shortage_open", {"facts": facts}), order_id=order_id)
    words = " ".join(act.text for act in said)
    if all(act.moves for act in said) and (short := _said_of(turn, order_id, words)) is not None:
        return (
            _tell_what_is_off(*short)
            or _ask_for_whole_pieces(turn, *short)
            or _report(turn, *short, words=words)
        )
    asked = ask_shortfall(turn, order_id)
    told = turn.text if any(act.goods for act in said) else None
    return replace(asked, slots={**asked.slots, "short_words": told}) if asked.slots else asked


def _tell_it_is_on_the_way(turn: Turn) -> Outcome | None:
    """Before its delivery nothing is short: say what is on its way, and that the code waits until all is counted."""
    named = named_order(turn)
    waiting = [
        view
        for view in queries.open_orders(turn.session, turn.retailer_id)
        if (named is None or view.order_id == named.id)
        and any(part.status is FulfillmentStatus.DISPATCHED for part in view.fulfillments)
    ]
    if not waiting:
        return None
    say = Say("tracking/short_on_the_way", {"orders": waiting})
    return Outcome(goto=State.SHOP, say=say, order_id=waiting[0].order_id)


def _is_reported(turn: Turn, view: OrderView, said: Sequence[Act]) -> bool:
    """Whether all goods that are named are in a report that waits for its answer already."""
    open_ones = {row.line.order_line_id for row in shortages.reportable_lines(turn.session, view.order_id)}
    for act in said:
        skus = set(order_reader.goods_in(turn.session, act.goods)) if act.goods else set()
        handed = [
            row
            for part in view.fulfillments
            if part.status is FulfillmentStatus.DELIVERED
            for row in part.lines
            if row.line.sku in skus and row.delivered
        ]
        if not handed or any(row.line.order_line_id in open_ones for row in handed):
            return False
    return bool(said)


def _tell_what_is_off(view: OrderView, short: Sequence[tuple[ReportableLine, Decimal]]) -> Outcome | None:
    """Say that the bill is without these goods already, if they are what the vendor said was missing; None otherwise.

    Whoever misses more writes so in answer, line by line.
    """
    off = [(row, quantity) for row, quantity in short if ZERO_QUANTITY < quantity <= row.is_off]
    if len(off) < len(short):
        return None
    return Outcome(
        goto=State.SHORTFALL,
        say=Say("tracking/short_already", {"order": view, "lines": [row for row, _quantity in off]}),
        slots={"short_order": view.order_id},
        order_id=view.order_id,
    )


def ask_shortfall(turn: Turn, order_id: int, *closes: Prompt, in_parts: LineView | None = None) -> Outcome:
    """Ask which lines are short, by their numbers."""
    view = queries.order_view(turn.session, order_id)
    lines = shortages.reportable_lines(turn.session, order_id)
    if not lines:
        facts = {"short_code": view.short_code}
        return Outcome(goto=State.SHOP, say=Say("errors/shortage_open", {"facts": facts}), order_id=order_id)
    return Outcome(
        goto=State.SHORTFALL,
        say=Say("tracking/shortfall_asked", {"order": view, "lines": lines, "in_parts": in_parts}),
        slots={"short_order": order_id},
        closes=closes,
        order_id=order_id,
    )


def names_shortfall(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and _said(turn) is not None


def take_shortfall(turn: Turn) -> Outcome:
    """Report what is short or damaged. If the vendor agrees, it comes off the bill."""
    said = _said(turn)
    if said is None:
        return ordering.present(turn)
    return _ask_for_whole_pieces(turn, *said) or _report(turn, *said, words=turn.text)


def _ask_for_whole_pieces(
    turn: Turn, view: OrderView, short: Sequence[tuple[ReportableLine, Decimal]]
) -> Outcome | None:
    """Ask again where a part of a packet is said to be missing; None otherwise."""
    taken = [(row.line, quantity) for row, quantity in short if quantity != row.quantity]
    in_parts = line_in_parts(turn.session, taken)
    return None if in_parts is None else ask_shortfall(turn, view.order_id, in_parts=in_parts)


def _report(
    turn: Turn, view: OrderView, short: list[tuple[ReportableLine, Decimal]], *, words: str
) -> Outcome:
    reports = [
        shortages.report(
            turn.session,
            fulfillment_id,
            short={
                h.line.order_line_id: quantity for h, quantity in short if h.fulfillment_id == fulfillment_id
            },
            words=words,
            actor=turn.actor,
            now=turn.now,
        ).id
        for fulfillment_id in dict.fromkeys(h.fulfillment_id for h, _quantity in short)
    ]
    reported = [shortages.shortage_view(turn.session, shortage_id) for shortage_id in reports]
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/shortfall_reported", {"order": view, "reports": reported}),
        slots={"short_order": None, "short_words": None},
        closes=_about_receipt(turn, view.order_id),
        order_id=view.order_id,
    )


def _said(turn: Turn) -> tuple[OrderView, list[tuple[ReportableLine, Decimal]]] | None:
    order_id = turn.slots.get("short_order")
    return None if order_id is None else _said_of(turn, order_id, turn.text)


def _said_of(
    turn: Turn, order_id: int, words: str
) -> tuple[OrderView, list[tuple[ReportableLine, Decimal]]] | None:
    """The short lines of the order with their quantities; "2 chaina" is all of line 2."""
    view = queries.order_view(turn.session, order_id)
    lines = shortages.reportable_lines(turn.session, order_id)
    if not lines:
        return None
    amounts = part_amounts(
        turn.session, words, lines, short_code=view.short_code or 0, small_words=("short",)
    )
    if amounts is None:
        return None
    if _tells_what_came(words):
        return _rest_of(view, {lines[position]: came for position, came in amounts.items()})
    short = [
        (lines[position], quantity or lines[position].quantity) for position, quantity in amounts.items()
    ]
    return view, short


def _tells_what_came(words: str) -> bool:
    """Whether the amounts are what came, not what is missing: "nun 2 ota matra aayo", "only 2 salt came"."""
    said = words.split()
    is_only = any(is_said(word, "only_so_much") for word in said)
    return is_only and not any(is_said(word, "is_missing") or is_said(word, "claim_missing") for word in said)


def _rest_of(
    view: OrderView, came: Mapping[ReportableLine, Decimal]
) -> tuple[OrderView, list[tuple[ReportableLine, Decimal]]] | None:
    """What is missing where only so much came; None where that isn't less than was handed over."""
    if any(count >= line.quantity for line, count in came.items()):
        return None
    return view, [(line, line.quantity - count) for line, count in came.items()]


def leaves(turn: Turn) -> bool:
    return len(turn.acts) == 1 and does(ActKind.CANCEL, ActKind.NO)(turn)


def leave(turn: Turn) -> Outcome:
    """Leave without a report: show the order."""
    order_id = turn.slots.get("short_order")
    if order_id is None:
        return ordering.present(turn)
    view = queries.order_view(turn.session, order_id)
    return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), slots={"short_order": None})


def says_something_else(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and bool(turn.text.strip())


def keep_words(turn: Turn) -> Outcome:
    """The text has no lines and amounts: put it on the admins' list with what was told before; an "ok" alone adds nothing."""
    order_id = turn.slots.get("short_order")
    if order_id is None:
        return ordering.present(turn)
    view = queries.order_view(turn.session, order_id)
    told, adds_nothing = turn.slots.get("short_words"), turn.short is not None
    if adds_nothing and not told:
        return ask_shortfall(turn, order_id)
    words = told if adds_nothing else ", ".join(filter(None, (told, turn.text)))
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/shortfall_kept", {"order": view, "words": words}),
        slots={"short_order": None, "short_words": None},
        closes=_about_receipt(turn, order_id),
        needs_person="shortfall",
        order_id=order_id,
    )


def _reportable(turn: Turn) -> Sequence[OrderView]:
    return shortages.reportable_orders(turn.session, turn.retailer_id, now=turn.now)


def _about_receipt(turn: Turn, order_id: int) -> list[Prompt]:
    """Open prompts that ask whether this order arrived completely."""
    return [prompt for prompt in turn.prompts if prompt.kind == RECEIPT and prompt.subject_id == order_id]


STEPS: tuple[Step, ...] = (
    Step(name="received", matches=says_received, handler=receive, takes=frozenset({ActKind.RECEIVED})),
    Step(name="short", matches=says_short, handler=report_short, takes=frozenset({*SHORT, ActKind.RECEIVED})),
    Step(name="not_taken", matches=denies_taking, handler=ask_what_is_wrong),
)
SHORTFALL_STEPS: tuple[Step, ...] = (
    Step(name="shortfall", matches=names_shortfall, handler=take_shortfall),
    Step(name="leave", matches=leaves, handler=leave),
)
SHORTFALL_LAST_STEPS: tuple[Step, ...] = (
    Step(name="shortfall_words", matches=says_something_else, handler=keep_words),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=RECEIPT,
        answer=answer_receipt,
        stale=stale_receipt,
        yes="yes",
        no="short",
        late_yes="again",
        settles_itself=True,
    ),
)
