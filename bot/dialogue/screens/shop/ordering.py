"""A shop fills its basket in its own words, and empties or repeats it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import InputKind, Outcome, Step, Turn, does
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.words import is_said, mentions, plain_words, without
from bot.dialogue.screens.shop.basket import note, shown
from bot.dialogue.screens.shop.line_changes import add_lines, apply_edits, ask_line, lines_meant
from core.catalog import queries as catalog
from core.intake import service as intake
from core.intake.acts.chunks import ChunkKind, read_chunks
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import (
    Answer,
    Edit,
    EditKind,
    Intent,
    LineQuestion,
    QuestionKind,
    Reading,
    Role,
    said_as,
)
from core.orders import basket
from core.orders import queries as orders
from core.orders.models import Order
from core.orders.usual import usual_lines
from core.orders.views import NewLine
from core.parties import queries as parties

_PIECES = re.compile(r"[,;.\n।]|\btara\b|\bbut\b|तर")
ROWS = re.compile(r"[\n;]+|,(?!\d)")
REPEATED_WITHIN = dt.timedelta(minutes=2)
_MOST_WORDS_OF_A_NAME = 6
_NOT_ABOUT_LINES = frozenset({Intent.BALANCE, Intent.PAYMENT, Intent.STATUS, Intent.QUERY, Intent.HELP})
_ORDERS = frozenset({Intent.ORDER, Intent.REORDER, Intent.CART_EDIT})
# Acts that may come with an order and need no answer beside the basket.
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


def present(turn: Turn) -> Outcome:
    """Show the basket with today's prices; an empty one explains how to begin."""
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id))


# An order in the shop's own words


def answers_open_lines(turn: Turn) -> bool:
    """Text that answers an unclear line, rather than naming something new, asking, or telling of something else."""
    asked = _still_wanted(turn)
    if turn.input.kind is not InputKind.TEXT or not asked or "?" in plain_words(turn.text):
        return False
    if turn.act is not None and turn.act.kind not in GOODS:
        return False
    answer = order_reader.read_answer(turn, asked, _answering_words(turn))
    return bool(answer.answered) or (bool(answer.dropped) and not _means_something_else(turn))


def _answering_words(turn: Turn) -> str:
    """The text without its acts that have a step of their own."""
    if all(act.kind in GOODS for act in turn.acts):
        return turn.text
    return "\n".join(act.text for act in turn.acts if act.kind in GOODS)


def _means_something_else(turn: Turn) -> bool:
    """Whether text that could drop a question is about money, or about a line in the basket."""
    if turn.reading.intent in _NOT_ABOUT_LINES:
        return True
    if turn.reading.intent is Intent.CANCEL and orders.open_orders(turn.session, turn.retailer_id):
        # "cancel cancel i made mistake" is more likely of the order.
        return True
    order = basket.find_basket(turn.session, turn.retailer_id)
    edits = [edit for edit in turn.reading.edits if edit.sku is not None or edit.candidates]
    return any(lines_meant(turn, order, edit) for edit in edits)


def settle_open_lines(turn: Turn) -> Outcome:
    """Put what is now clear into the basket, and read the rest of the text as an order."""
    asked = _still_wanted(turn)
    return take_answer(turn, asked, order_reader.read_answer(turn, asked, _answering_words(turn)))


def _still_wanted(turn: Turn) -> list[LineQuestion]:
    """The open lines without those whose goods the text refuses: "hoina 10 packet matra, garam masala chaidaina"."""
    asked = list(open_lines.kept(turn.slots))
    if not asked or turn.input.kind is not InputKind.TEXT:
        return asked
    refusals = [
        piece
        for piece in _PIECES.split(turn.text)
        if mentions(piece, "refusing") or mentions(piece, "unwanted")
    ]
    refused = {sku for piece in refusals for sku in order_reader.goods_in(turn.session, names_only(piece))}
    return [question for question in asked if not refused & set(question.candidates)]


def take_answer(turn: Turn, asked: Sequence[LineQuestion], answer: Answer) -> Outcome:
    """Put the answered lines into the basket; what answers none of the questions is read as an order."""
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
            NewLine(
                product_id=product_id,
                quantity=settled.quantity,
                source_text=question.source_text,
                said=said_as(settled.said_count, settled.unit_said, settled.quantity),
            )
        )
        learned.append({"said": question.source_text, "product_id": product_id})
    slots: dict[str, Any] = {"learned": _unambiguous(learned) or None}
    if lines:
        slots["last_product"] = lines[-1].product_id
    order = add_lines(turn, lines)
    notes = note("dropped", said=[asked[position].source_text for position in answer.dropped])
    if not answer.unread:
        return shown(turn, order, notes=notes, questions=left, slots=slots)
    rest = order_reader.read_text(turn, "\n".join(answer.unread))
    more = _certain_lines(turn, rest)
    order, changed, unsettled = apply_edits(turn, add_lines(turn, more), rest.edits)
    notes += [*changed, *note("unread", said=_unread_of(answer, rest))]
    questions: Sequence[LineQuestion] = left
    for question in _new_questions(turn, order, rest):
        questions = open_lines.together(questions, [question])
    if unsettled is not None and order is not None:
        return ask_line(turn, order, unsettled, notes=notes, questions=questions, slots=slots)
    return shown(turn, order, notes=notes, questions=questions, slots=slots)


def _unambiguous(learned: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The learned words without those that were answered by several products: they mean none of them alone."""
    meant: dict[str, set[int]] = {}
    for row in learned:
        meant.setdefault(row["said"], set()).add(row["product_id"])
    return [row for row in learned if len(meant[row["said"]]) == 1]


def _unread_of(answer: Answer, rest: Reading) -> list[str]:
    """What neither answers nor orders. If the rest orders nothing at all, it is named as it was written."""
    left = rest.unread if rest.lines or rest.questions or rest.edits else answer.unread
    # The basket that is shown asks for the terms itself.
    return [words for words in left if not _only_names_terms(words)]


def _only_names_terms(words: str) -> bool:
    acts = read_acts(words, role=Role.RETAILER)
    return bool(acts) and all(act.kind is ActKind.PLACE and act.terms is not None for act in acts)


def is_repeated(turn: Turn) -> bool:
    """The same order again within two minutes: the phone sent it twice, or the person wasn't sure."""
    last = turn.slots.get("last_order")
    if turn.input.kind is not InputKind.TEXT or not last or turn.short is not None:
        return False
    if turn.act is not None and turn.act.kind not in GOODS:
        return False
    is_same = last["words"] == plain_words(turn.text)
    return is_same and turn.now - dt.datetime.fromisoformat(last["at"]) <= REPEATED_WITHIN


def offer_again(turn: Turn) -> Outcome:
    """Say that the order is already in the basket; adding it again takes another word."""
    return _said_already(turn, basket.find_basket(turn.session, turn.retailer_id), who=None)


def _said_already(turn: Turn, order: Order | None, *, who: str | None) -> Outcome:
    slots = {"last_order": None, "repeated": turn.text}
    return shown(turn, order, notes=note("repeated", who=who), slots=slots)


def wants_it_again(turn: Turn) -> bool:
    return (
        bool(turn.slots.get("repeated")) and turn.input.kind is InputKind.TEXT and is_said(turn.text, "again")
    )


def add_again(turn: Turn) -> Outcome:
    """Add the repeated order once more, as the person asked."""
    reading = order_reader.read_text(turn, turn.slots["repeated"])
    return take_reading(turn, reading, slots={"repeated": None})


def is_order(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT or (turn.act is not None and turn.act.kind not in GOODS):
        return False
    reading = turn.reading
    names_goods = bool(reading.lines or reading.questions)
    return reading.intent in _ORDERS or (names_goods and reading.intent is not Intent.QUERY)


def take_order(turn: Turn) -> Outcome:
    """Put certain lines and changes into the basket, and ask about the unclear ones in one message."""
    again = _rows_again(turn)
    reading = order_reader.read_text(turn, _without_rows(turn.text, again)) if again else turn.reading
    names_goods = bool(reading.lines) or any(one.quantity is not None for one in reading.questions)
    if reading.intent is Intent.REORDER and not names_goods:
        return same_again(turn)
    at = {"words": plain_words(turn.text), "rows": _rows_of(turn.text), "at": turn.now.isoformat()}
    slots = {
        "last_order": at if reading.lines else None,
        "repeated": "\n".join(again) or (turn.text if turn.input.is_repeated else None),
    }
    notes = note("already", said=again) if again else []
    return take_reading(turn, reading, slots=slots, notes=notes, is_list=not again)


def _name_of(turn: Turn, label: str) -> str:
    people = parties.people_of_retailer(turn.session, turn.retailer_id)
    return next((one.name or "" for one in people if label == f"{turn.actor.kind}:{one.contact_id}"), "")


def take_words(turn: Turn, words: str, *, notes: Sequence[dict[str, Any]]) -> Outcome:
    """Read *words* as an order or a change of the basket."""
    return take_reading(turn, order_reader.read_text(turn, words), slots={}, notes=notes)


def _rows_of(text: str) -> list[str]:
    return [plain_words(row) for row in ROWS.split(text)]


def _rows_again(turn: Turn) -> list[str]:
    """The rows that the order before had too, within two minutes: an edited message comes as a new one with all its rows."""
    last = turn.slots.get("last_order")
    if not last or turn.now - dt.datetime.fromisoformat(last["at"]) > REPEATED_WITHIN:
        return []
    before = {row for row in last.get("rows", ()) if any(letter.isdecimal() for letter in row)}
    rows = [row.strip() for row in ROWS.split(turn.text)]
    again = [row for row in rows if plain_words(row) in before]
    return again if len(again) < len([row for row in rows if row]) else []


def _without_rows(text: str, rows: Sequence[str]) -> str:
    return "\n".join(row for row in ROWS.split(text) if row.strip() not in rows)


def take_reading(
    turn: Turn,
    reading: Reading,
    *,
    slots: dict[str, Any],
    notes: Sequence[dict[str, Any]] = (),
    is_list: bool = False,
) -> Outcome:
    """Add, change and ask what was read. A list that somebody else of the shop sent is not added a second time."""
    reading = _only_taken_out(turn, reading)
    lines = _certain_lines(turn, reading)
    edits = [edit for edit in reading.edits if not _takes_out_nothing(turn, edit)]
    order: Order | None
    if is_list and lines and not edits and not reading.questions:
        order, sender = basket.add_list(
            turn.session, retailer_id=turn.retailer_id, lines=lines, actor=turn.actor, now=turn.now
        )
        if sender is not None:
            return _said_already(turn, order, who=_name_of(turn, sender))
    else:
        order = add_lines(turn, lines)
    order, changed, unsettled = apply_edits(turn, order, edits)
    notes = [*notes, *changed]
    notes += _notes_on(turn, reading, has_lines=bool(lines))
    if lines:
        slots = {**slots, "last_product": lines[0].product_id if len(lines) == 1 else None}
    elif not reading.questions and not reading.edits and not notes:
        notes = note("not_understood")
    before, dropped = open_lines.still_open(turn.slots)
    notes += note("dropped", said=dropped)
    wanted = _still_wanted(turn)
    before = tuple(question for question in before if question in wanted)
    questions = before
    for question in _new_questions(turn, order, reading):
        questions = open_lines.narrowed(questions, question)
    # A question that this text has narrowed waits once more.
    slots = {**slots, open_lines.SEEN: [q.source_text for q in before if q in questions] or None}
    if unsettled is not None and order is not None:
        return ask_line(turn, order, unsettled, notes=notes, questions=questions, slots=slots)
    return shown(turn, order, notes=notes, questions=questions, slots=slots)


def _only_taken_out(turn: Turn, reading: Reading) -> Reading:
    """A removal of goods that aren't clear, as a removal alone: no question may put in what should come out."""
    blank = [edit for edit in reading.edits if _names_nothing(edit)]
    if not blank or reading.lines or _is_of_last(turn):
        return reading
    unclear = [
        question for question in reading.questions if question.quantity is None and question.candidates
    ]
    kept = [question for question in reading.questions if question not in unclear]
    removals = [Edit(kind=EditKind.REMOVE, candidates=question.candidates) for question in unclear]
    others = [edit for edit in reading.edits if edit not in blank]
    return replace(reading, questions=tuple(kept), edits=(*others, *removals))


def _names_nothing(edit: Edit) -> bool:
    names_none = edit.sku is None and not edit.candidates and edit.line_number is None
    return edit.kind is EditKind.REMOVE and names_none


def _is_of_last(turn: Turn) -> bool:
    """Whether the text only says that what was spoken of last comes out: "tyo hatau"."""
    return all(is_said(word, "takes_out_last") for word in plain_words(turn.text).split())


def _takes_out_nothing(turn: Turn, edit: Edit) -> bool:
    """Whether a removal names no goods and the text speaks of something else: "block hatau"."""
    return _names_nothing(edit) and not _is_of_last(turn)


def _certain_lines(turn: Turn, reading: Reading) -> list[NewLine]:
    found = intake.product_ids(turn.session, [line.sku for line in reading.lines])
    return [
        NewLine(
            product_id=found[line.sku],
            quantity=line.quantity,
            source_text=line.source_text,
            is_set=line.is_put_right,
            said=said_as(line.said_count, line.unit_said, line.quantity),
        )
        for line in reading.lines
        if line.sku in found
    ]


def _notes_on(turn: Turn, reading: Reading, *, has_lines: bool) -> list[dict[str, Any]]:
    """Notes on the text: it came twice, a part wasn't read, or it was too long."""
    notes: list[dict[str, Any]] = []
    if turn.input.is_repeated and has_lines:
        notes += note("repeated", who=None)
    if reading.unread:
        notes += note("unread", said=list(reading.unread))
    if reading.limit_hit:
        notes += note("too_long")
    return notes


def _new_questions(turn: Turn, order: Order | None, reading: Reading) -> list[LineQuestion]:
    """The questions of the text, without those about a change to a line in the basket."""
    settled = [
        set(edit.candidates)
        for edit in reading.edits
        if edit.candidates and (edit.kind is EditKind.REMOVE or _is_there(turn, order, edit))
    ]
    return [question for question in reading.questions if set(question.candidates) not in settled]


def _is_there(turn: Turn, order: Order | None, edit: Edit) -> bool:
    """Whether the edit is about a line in the basket, or one that it has just removed."""
    shown_ids = turn.slots.get("shown") or ()
    named = {found.id for found in catalog.products_by_skus(turn.session, edit.candidates).values()}
    return bool(named & set(shown_ids)) or bool(lines_meant(turn, order, edit))


def wants_clear(turn: Turn) -> bool:
    """A request to empty the basket; `clear` doesn't follow "do not clear it" and "shall I clear it?"."""
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
    return shown(turn, order, notes=note("cleared"), questions=(), slots=forgotten)


def same_again(turn: Turn) -> Outcome:
    """Put the last order into the basket, with changes in price and stock; or the usual goods, if those were asked for."""
    if mentions(turn.text, "usual") and (lines := usual_lines(turn.session, turn.retailer_id)):
        return _usual_basket(turn, lines)
    again = basket.same_again(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now)
    order = basket.find_basket(turn.session, turn.retailer_id)
    notes = note("same_again", short_code=again.from_short_code, prices=list(again.prices))
    return shown(turn, order, notes=notes)


def _usual_basket(turn: Turn, lines: Sequence[NewLine]) -> Outcome:
    """Put the usual goods into the basket, apart from those that are there."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    there = (
        {line.product_id for line in basket.lines_of(turn.session, order.id)} if order is not None else set()
    )
    order = add_lines(turn, [line for line in lines if line.product_id not in there])
    return shown(turn, order, notes=note("usual"))


def names_goods(turn: Turn) -> bool:
    """Only the name of goods, without a quantity or a question."""
    is_short = turn.input.kind is InputKind.TEXT and len(turn.text.split()) <= _MOST_WORDS_OF_A_NAME
    if not is_short or turn.reading.intent is not Intent.OTHER or mentions(turn.text, "refusing"):
        return False
    return bool(order_reader.goods_in(turn.session, names_only(turn.text)))


def names_only(text: str) -> str:
    """The text without the words that mean something in a sentence: "ma cha" is no honey."""
    return " ".join(
        chunk.text for chunk in read_chunks(text) if chunk.kind is not ChunkKind.WORD or not chunk.senses
    )


def refuses_goods(turn: Turn) -> bool:
    """The name of goods with a no: "no sugar", "chini hoina", and no number."""
    is_short = turn.input.kind is InputKind.TEXT and len(turn.text.split()) <= _MOST_WORDS_OF_A_NAME
    if not is_short or turn.reading.intent is not Intent.OTHER or not mentions(turn.text, "refusing"):
        return False
    has_number = any(letter.isdecimal() for letter in turn.text)
    return not has_number and bool(_refused(turn).edits)


def _refused(turn: Turn) -> Reading:
    """The text read as a plain removal of the goods that it names."""
    return order_reader.read_text(turn, f"remove {without(turn.text, 'refusing')}")


def take_out(turn: Turn) -> Outcome:
    """Take the refused goods out of the basket; ask which line if several fit."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    order, notes, unsettled = apply_edits(turn, order, _refused(turn).edits)
    questions = open_lines.kept(turn.slots)
    if unsettled is not None and order is not None:
        return ask_line(turn, order, unsettled, notes=notes, questions=questions, slots={})
    return shown(turn, order, notes=notes, questions=questions)


def ask_how_many(turn: Turn) -> Outcome:
    """Ask how many, and which product if several fit the name."""
    skus = tuple(order_reader.goods_in(turn.session, names_only(turn.text)))
    kind = QuestionKind.HOW_MANY if len(skus) == 1 else QuestionKind.WHICH_PRODUCT
    question = LineQuestion(source_text=turn.text, kind=kind, candidates=skus)
    questions = open_lines.narrowed(open_lines.kept(turn.slots), question)
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id), questions=questions)


def keep_for_later(turn: Turn, words: str, retailer_id: int) -> dict[str, Any]:
    """Put the certain lines of *words* into the basket of a shop that isn't approved yet.

    Returns the slots that keep what is unclear until it can be asked about.
    """
    reading = order_reader.read_text(turn, words)
    lines = _certain_lines(turn, reading)
    if lines:
        basket.add_lines(turn.session, retailer_id=retailer_id, lines=lines, actor=turn.actor, now=turn.now)
    questions = open_lines.together(open_lines.kept(turn.slots), reading.questions)
    return {open_lines.SLOT: open_lines.as_slot(questions)}


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
    Step(name="again", matches=wants_it_again, handler=add_again),
    *KEYWORD_STEPS,
    Step(name="repeated", matches=is_repeated, handler=offer_again),
    Step(name="open_lines", matches=answers_open_lines, handler=settle_open_lines, takes=GOODS),
)
READ_STEPS: tuple[Step, ...] = (Step(name="order", matches=is_order, handler=take_order, takes=GOODS),)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="take_out", matches=refuses_goods, handler=take_out, takes=GOODS),
    Step(name="how_many", matches=names_goods, handler=ask_how_many, takes=GOODS),
)
