"""A shop fills its basket in its own words, changes it, and says yes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import SILENCE, Ask, InputKind, Outcome, PromptKind, State, Step, Turn, always, does
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.line_numbers import line_change
from bot.dialogue.reading.words import is_said, plain_words
from bot.dialogue.screens.shop.basket import earlier, shown
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.intake.acts.types import ActKind
from core.intake.reading import Answer, Edit, EditKind, Intent, LineQuestion, QuestionKind, Reading, Unit
from core.messaging.models import Prompt
from core.orders import basket
from core.orders.models import Order
from core.orders.views import NewLine
from core.quantity import ZERO_QUANTITY

WHICH_LINE = "which_line"
_MOST_ASKED = 9
REPEATED_WITHIN = dt.timedelta(minutes=2)
_MOST_WORDS_OF_A_NAME = 6
_NOT_ABOUT_LINES = frozenset({Intent.BALANCE, Intent.PAYMENT, Intent.STATUS, Intent.QUERY, Intent.HELP})
_ORDERS = frozenset({Intent.ORDER, Intent.REORDER, Intent.CART_EDIT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsettled:
    """A change that several lines of the basket could mean."""

    edit: Edit
    product_ids: tuple[int, ...]


# What an order may be said with, and is answered by what the order leads to: its basket and its question.
GOODS: Final = frozenset(
    {
        ActKind.ORDER,
        ActKind.EDIT,
        ActKind.PLACE,
        ActKind.YES,
        ActKind.NO,
        ActKind.CHOICE,
        ActKind.GREETING,
        ActKind.CHAT,
        ActKind.THANKS,
        ActKind.UNREAD,
    }
)
_KIND_WORDS: Final = frozenset({ActKind.GREETING, ActKind.CHAT})


# The basket as it is


def present(turn: Turn) -> Outcome:
    """Show the basket with today's prices; an empty one says how to begin."""
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id))


# An order in the shop's own words


def answers_open_lines(turn: Turn) -> bool:
    """Words that settle a line we asked about, rather than naming something new."""
    if turn.input.kind is not InputKind.TEXT or not open_lines.kept(turn.slots):
        return False
    answer = order_reader.read_answer(turn, open_lines.kept(turn.slots))
    return bool(answer.answered) or (bool(answer.dropped) and not _means_something_else(turn))


def _means_something_else(turn: Turn) -> bool:
    """Whether words that could give up a question are about money, or about a line that is in the basket."""
    if turn.reading.intent in _NOT_ABOUT_LINES:
        return True
    order = basket.find_basket(turn.session, turn.retailer_id)
    edits = [edit for edit in turn.reading.edits if edit.sku is not None or edit.candidates]
    return any(_aimed_at(turn, order, edit) for edit in edits)


def settle_open_lines(turn: Turn) -> Outcome:
    """Put what is now clear into the basket; what else was said in the same breath is read as an order."""
    asked = open_lines.kept(turn.slots)
    return take_answer(turn, asked, order_reader.read_answer(turn, asked))


def take_answer(turn: Turn, asked: Sequence[LineQuestion], answer: Answer) -> Outcome:
    learned = list(turn.slots.get("learned") or ())
    lines, left = [], [asked[position] for position in answer.left]
    products = catalog.products_by_skus(turn.session, [a.sku for a in answer.answered])
    for settled in answer.answered:
        question = asked[settled.position]
        if settled.quantity is None:
            left.append(order_reader.how_many(question, settled.sku))
            continue
        product_id = products[settled.sku].id
        lines.append(
            NewLine(product_id=product_id, quantity=settled.quantity, source_text=question.source_text)
        )
        learned.append({"said": question.source_text, "product_id": product_id})
    order = _add(turn, lines)
    notes = _note("dropped", said=[asked[position].source_text for position in answer.dropped])
    if answer.unread:
        notes += _note("unread", said=list(answer.unread))
    slots: dict[str, Any] = {"learned": learned or None}
    if lines:
        slots["last_product"] = lines[-1].product_id
    return shown(turn, order, notes=notes, questions=left, slots=slots)


def is_repeated(turn: Turn) -> bool:
    """The same order text again within two minutes: a phone that sent twice, or a person who was not sure."""
    last = turn.slots.get("last_order")
    if turn.input.kind is not InputKind.TEXT or not last or turn.short is not None:
        return False
    if turn.act is not None and turn.act.kind not in GOODS:
        return False
    is_same = last["words"] == plain_words(turn.text)
    return is_same and turn.now - dt.datetime.fromisoformat(last["at"]) <= REPEATED_WITHIN


def offer_again(turn: Turn) -> Outcome:
    """Say that it is in the basket already, and show it; adding it a second time takes a word more."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    return shown(turn, order, notes=_note("repeated"), slots={"last_order": None, "repeated": turn.text})


def wants_it_again(turn: Turn) -> bool:
    return (
        bool(turn.slots.get("repeated")) and turn.input.kind is InputKind.TEXT and is_said(turn.text, "again")
    )


def add_again(turn: Turn) -> Outcome:
    """Add the repeated text once more, now that the person asked for it."""
    reading = order_reader.read_text(turn, turn.slots["repeated"])
    return _take(turn, reading, slots={"repeated": None})


def is_order(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT or (turn.act is not None and turn.act.kind not in GOODS):
        return False
    reading = turn.reading
    names_goods = bool(reading.lines or reading.questions)
    return reading.intent in _ORDERS or (names_goods and reading.intent is not Intent.QUERY)


def take_order(turn: Turn) -> Outcome:
    """Read lines and changes: what is certain goes into the basket, what is not becomes one question."""
    reading = turn.reading
    if reading.intent is Intent.REORDER and not reading.lines:
        return same_again(turn)
    at = {"words": plain_words(turn.text), "at": turn.now.isoformat()}
    slots = {
        "last_order": at if reading.lines else None,
        "repeated": turn.text if turn.input.is_repeated else None,
    }
    return _take(turn, reading, slots=slots)


def _take(turn: Turn, reading: Reading, *, slots: dict[str, Any]) -> Outcome:
    products = catalog.products_by_skus(turn.session, [line.sku for line in reading.lines])
    lines = [
        NewLine(product_id=products[line.sku].id, quantity=line.quantity, source_text=line.source_text)
        for line in reading.lines
        if line.sku in products
    ]
    order = _add(turn, lines) if lines else basket.find_basket(turn.session, turn.retailer_id)
    order, notes, unsettled = _edit(turn, order, reading.edits)
    if turn.input.is_repeated and lines:
        notes += _note("repeated")
    if reading.unread:
        notes += _note("unread", said=list(reading.unread))
    if reading.limit_hit:
        notes += _note("too_long")
    if lines:
        slots = {**slots, "last_product": lines[0].product_id if len(lines) == 1 else None}
    elif not reading.questions and not reading.edits and not notes:
        notes = _note("not_understood")
    questions, dropped = open_lines.still_open(turn.slots)
    notes += _note("dropped", said=dropped)
    before = questions
    for question in _new_questions(turn, order, reading):
        questions = open_lines.narrowed(questions, question)
    # One that these words narrowed was spoken to, so it waits once more.
    slots = {**slots, open_lines.SEEN: [q.source_text for q in before if q in questions] or None}
    if unsettled is not None and order is not None:
        return _ask_line(turn, order, unsettled, notes=notes, questions=questions, slots=slots)
    return shown(turn, order, notes=notes, questions=questions, slots=slots)


def _new_questions(turn: Turn, order: Order | None, reading: Reading) -> list[LineQuestion]:
    """What the text leaves open, without the goods of a change that are in the basket already."""
    settled = [
        set(edit.candidates) for edit in reading.edits if edit.candidates and _is_there(turn, order, edit)
    ]
    return [question for question in reading.questions if set(question.candidates) not in settled]


def _is_there(turn: Turn, order: Order | None, edit: Edit) -> bool:
    """Also right after the change itself, when a removed line is gone."""
    shown_ids = turn.slots.get("shown") or ()
    named = {found.id for found in catalog.products_by_skus(turn.session, edit.candidates).values()}
    return bool(named & set(shown_ids)) or bool(_aimed_at(turn, order, edit))


def _add(turn: Turn, lines: Sequence[NewLine]) -> Order | None:
    if not lines:
        return basket.find_basket(turn.session, turn.retailer_id)
    return basket.add_lines(
        turn.session, retailer_id=turn.retailer_id, lines=lines, actor=turn.actor, now=turn.now
    )


# Changes to what is there


def _edit(
    turn: Turn, order: Order | None, edits: Sequence[Edit]
) -> tuple[Order | None, list[dict[str, Any]], Unsettled | None]:
    """Apply the changes. One that fits several lines is to be asked about; one that fits none is named back."""
    notes: list[dict[str, Any]] = []
    asked: Unsettled | None = None
    for edit in edits:
        if edit.kind is EditKind.CLEAR:
            order = basket.clear(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now)
            notes += _note("cleared")
            continue
        aimed = _aimed_at(turn, order, edit)
        if len(aimed) > 1 and asked is None:
            asked = Unsettled(edit=edit, product_ids=aimed)
        elif len(aimed) > 1:
            notes += _note("say_line", number=edit.quantity)
        elif (change := _change_of(turn, aimed[0], edit) if aimed else None) is None:
            notes += _note("no_such_line", number=edit.line_number)
        else:
            order = _set(turn, aimed[0], change)
            notes += _changed(turn, aimed[0], change)
    return order, notes, asked


def _set(turn: Turn, product_id: int, quantity: Decimal) -> Order:
    return basket.set_quantity(
        turn.session,
        retailer_id=turn.retailer_id,
        product_id=product_id,
        wanted=quantity,
        actor=turn.actor,
        now=turn.now,
    )


def _change_of(turn: Turn, product_id: int, edit: Edit) -> Decimal | None:
    """What the line becomes, in base pieces; None when the line cannot be counted like that."""
    return ZERO_QUANTITY if edit.kind is EditKind.REMOVE else order_reader.pieces(turn, product_id, edit)


def _aimed_at(turn: Turn, order: Order | None, edit: Edit) -> tuple[int, ...]:
    """The products of the basket that an edit can mean: by name, or by the number of its line as last shown.

    Without either it is the line that was last spoken of alone, else every line that can be counted as was said.
    """
    if order is None:
        return ()
    present_ids = [line.product_id for line in basket.lines_of(turn.session, order.id)]
    if edit.sku is not None or edit.candidates:
        skus = [edit.sku] if edit.sku is not None else list(edit.candidates)
        named = {found.id for found in catalog.products_by_skus(turn.session, skus).values()}
        return tuple(product_id for product_id in present_ids if product_id in named)
    if edit.line_number is not None:
        shown_ids = turn.slots.get("shown") or present_ids
        is_there = 1 <= edit.line_number <= len(shown_ids) and shown_ids[edit.line_number - 1] in present_ids
        return (shown_ids[edit.line_number - 1],) if is_there else ()
    fitting = [each for each in present_ids if _change_of(turn, each, edit) is not None]
    spoken_of = turn.slots.get("last_product")
    return (spoken_of,) if spoken_of in fitting else tuple(fitting)


def _changed(turn: Turn, product_id: int, quantity: Decimal) -> list[dict[str, Any]]:
    product = order_reader.product(turn, product_id)
    if quantity == ZERO_QUANTITY:
        return _note("removed", product=product)
    return _note("changed", product=product, quantity=quantity)


def take_instead(turn: Turn, choices: Sequence[str]) -> Outcome:
    """Something else for a line that nobody has: as much of it, and the yes is asked as always."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    notes: list[dict[str, Any]] = []
    for choice in choices:
        old_id, new_id = (int(part) for part in choice.split(".")[1:])
        lines = basket.lines_of(turn.session, order.id) if order is not None else []
        line = next((one for one in lines if one.product_id == old_id), None)
        if line is None:
            notes += _note("no_such_line", number=None)
            continue
        _add(turn, [NewLine(product_id=new_id, quantity=line.quantity, source_text=line.source_text)])
        order = _set(turn, old_id, ZERO_QUANTITY)
        notes += _note(
            "instead", old=order_reader.product(turn, old_id), new=order_reader.product(turn, new_id)
        )
    return shown(turn, order, notes=notes)


def sets_line(turn: Turn) -> bool:
    """As in "line 2: 5" or "२ नम्बर ५": a line by its number, and how much it shall be."""
    return turn.input.kind is InputKind.TEXT and line_change(turn.text) is not None


def set_line(turn: Turn) -> Outcome:
    """The line as last shown becomes that many base pieces; zero takes it out."""
    change = line_change(turn.text)
    if change is None:
        raise AssertionError("matched without a line")
    number, quantity = change
    edit = Edit(kind=EditKind.SET if quantity else EditKind.REMOVE, line_number=number, quantity=quantity)
    order, notes, _unsettled = _edit(turn, basket.find_basket(turn.session, turn.retailer_id), [edit])
    return shown(turn, order, notes=notes)


def _ask_line(
    turn: Turn,
    order: Order,
    unsettled: Unsettled,
    *,
    notes: Sequence[dict[str, Any]],
    questions: Sequence[LineQuestion],
    slots: Mapping[str, Any],
) -> Outcome:
    """Which of the lines that fit is meant; what else was said is done and told."""
    edit = unsettled.edit
    view = basket.show(turn.session, order.id, now=turn.now)
    lines = [line for line in view.lines if line.product_id in unsettled.product_ids][:_MOST_ASKED]
    removes = edit.kind is EditKind.REMOVE
    facts = {
        "quantity": None if removes else str(edit.quantity),
        "unit": edit.unit_said.value if edit.unit_said else None,
        "numbered": [str(line.product_id) for line in lines],
        "about": {"total_minor": view.total.minor},
    }
    message = {
        "notes": list(notes),
        "lines": lines,
        "quantity": None if removes else edit.quantity,
        "unit": edit.unit_said.value if edit.unit_said else None,
        "as_list": len({line.short_label for line in lines}) == len(lines),
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/which_line", message),
        ask=Ask(kind=WHICH_LINE, subject_id=order.id, facts=facts),
        closes=earlier(turn),
        slots={
            **slots,
            open_lines.SLOT: open_lines.as_slot([q for q in questions if open_lines.can_be_answered(q)]),
        },
    )


def answer_which_line(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The line that was meant takes the change."""
    facts = prompt.facts
    product_id = int(choice)
    order = basket.find_basket(turn.session, turn.retailer_id)
    present_ids = [line.product_id for line in basket.lines_of(turn.session, order.id)] if order else []
    edit = Edit(
        kind=EditKind.REMOVE if facts["quantity"] is None else EditKind.SET,
        quantity=None if facts["quantity"] is None else Decimal(facts["quantity"]),
        unit_said=None if facts["unit"] is None else Unit(facts["unit"]),
    )
    change = _change_of(turn, product_id, edit)
    if product_id not in present_ids or change is None:
        return shown(turn, order, notes=_note("no_such_line", number=None))
    order = _set(turn, product_id, change)
    outcome = shown(turn, order, notes=_changed(turn, product_id, change), slots={"last_product": product_id})
    return replace(outcome, closes=[*outcome.closes, prompt])


def stale_which_line(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id), notes=_note("stale"))


def wants_clear(turn: Turn) -> bool:
    """Emptied only when it is told to be: "do not clear it" and "shall I clear it?" show it instead."""
    is_act = does(ActKind.CLEAR)(turn)
    return is_act or (turn.input.kind is InputKind.TEXT and is_said(turn.text, "clear"))


def clear(turn: Turn) -> Outcome:
    """Empty the basket."""
    if turn.act is not None and turn.act.kind is ActKind.CLEAR and not turn.act.moves:
        return present(turn)
    if basket.find_basket(turn.session, turn.retailer_id) is None:
        return shown(turn, None)
    order = basket.clear(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now)
    forgotten = {"last_order": None, "learned": None, "repeated": None}
    return shown(turn, order, notes=_note("cleared"), questions=(), slots=forgotten)


def same_again(turn: Turn) -> Outcome:
    """The last order once more, with what changed in price and stock since."""
    again = basket.same_again(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now)
    order = basket.find_basket(turn.session, turn.retailer_id)
    notes = _note("same_again", short_code=again.from_short_code, prices=list(again.prices))
    return shown(turn, order, notes=notes)


def _note(code: str, **facts: Any) -> list[dict[str, Any]]:
    """What just happened to the basket. A note about nothing is none."""
    if facts and all(value in ([], None) for value in facts.values()) and code in ("dropped", "unread"):
        return []
    return [{"code": code, **facts}]


def greet(turn: Turn) -> Outcome:
    """A greeting is answered with a greeting and with what can be done here; beside something else it needs no answer."""
    if len(turn.acts) > 1:
        return SILENCE
    return Outcome(say=Say("ordering/help", {"name": called(turn)}))


def called(turn: Turn) -> str:
    """How a person is greeted: by the first of their own names, else by the shop's."""
    return next(iter(turn.person.name.split()), "") or turn.party.name


def ask_price(turn: Turn) -> Outcome:
    """A question about a price or about stock: what we know of the goods that were named."""
    return Outcome(say=Say("ordering/prices", {"goods": order_reader.goods_asked_about(turn)}))


def asks_price(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT:
        return False
    return does(ActKind.ASK_PRICE, ActKind.ASK_STOCK)(turn) or turn.reading.intent is Intent.QUERY


def names_goods(turn: Turn) -> bool:
    """Goods and nothing else: no quantity, no question."""
    is_short = turn.input.kind is InputKind.TEXT and len(turn.text.split()) <= _MOST_WORDS_OF_A_NAME
    return is_short and turn.reading.intent is Intent.OTHER and bool(order_reader.goods_in(turn))


def ask_how_many(turn: Turn) -> Outcome:
    """A name alone is not an order yet: ask how many, and of which when several fit."""
    skus = tuple(order_reader.goods_in(turn))
    kind = QuestionKind.HOW_MANY if len(skus) == 1 else QuestionKind.WHICH_PRODUCT
    question = LineQuestion(source_text=turn.text, kind=kind, candidates=skus)
    questions = open_lines.narrowed(open_lines.kept(turn.slots), question)
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id), questions=questions)


def not_understood(turn: Turn) -> Outcome:
    """Nothing was understood: named back, with what works."""
    words = " … ".join(act.text for act in turn.acts) if turn.acts else turn.text
    return Outcome(say=Say("ordering/not_understood", {"words": words or turn.text}), is_aside=True)


def keep_for_later(turn: Turn, words: str, retailer_id: int) -> bool:
    """Lay the certain lines of *words* into the basket of a shop that may not order yet."""
    reading = order_reader.read_text(turn, words)
    products = catalog.products_by_skus(turn.session, [line.sku for line in reading.lines])
    lines = [
        NewLine(product_id=products[line.sku].id, quantity=line.quantity, source_text=line.source_text)
        for line in reading.lines
        if line.sku in products
    ]
    if lines:
        basket.add_lines(turn.session, retailer_id=retailer_id, lines=lines, actor=turn.actor, now=turn.now)
    return bool(lines)


def greets(turn: Turn) -> bool:
    if turn.act is not None and turn.act.kind in _KIND_WORDS:
        return True
    return turn.input.kind is InputKind.TEXT and turn.reading.intent in (Intent.GREETING, Intent.SMALLTALK)


# What a shop may say whatever is asked just now.
KEYWORD_STEPS: tuple[Step, ...] = (
    Step(
        name="basket",
        matches=does(ActKind.SHOW_BASKET),
        handler=present,
        takes=frozenset({ActKind.SHOW_BASKET}),
    ),
    Step(name="clear_basket", matches=wants_clear, handler=clear, takes=frozenset({ActKind.CLEAR})),
    Step(
        name="same_again",
        matches=does(ActKind.REORDER),
        handler=same_again,
        takes=frozenset({ActKind.REORDER, ActKind.PLACE}),
    ),
)
STEPS: tuple[Step, ...] = (
    Step(name="line", matches=sets_line, handler=set_line),
    Step(name="again", matches=wants_it_again, handler=add_again),
    *KEYWORD_STEPS,
    Step(name="repeated", matches=is_repeated, handler=offer_again),
    Step(name="open_lines", matches=answers_open_lines, handler=settle_open_lines, takes=GOODS),
)
READ_STEPS: tuple[Step, ...] = (
    Step(name="order", matches=is_order, handler=take_order, takes=GOODS),
    Step(
        name="prices",
        matches=asks_price,
        handler=ask_price,
        takes=frozenset({ActKind.ASK_PRICE, ActKind.ASK_STOCK}),
    ),
    Step(name="greeting", matches=greets, handler=greet, takes=_KIND_WORDS),
)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="how_many", matches=names_goods, handler=ask_how_many, takes=GOODS),
    Step(name="not_understood", matches=always, handler=not_understood, takes=frozenset({ActKind.UNREAD})),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=WHICH_LINE, answer=answer_which_line, stale=stale_which_line, subject="basket"),
)
