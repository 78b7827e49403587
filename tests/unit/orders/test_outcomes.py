"""The life of an order as a table: no state leaves an event without an outcome, and the page says what the table says."""

from pathlib import Path

import pytest

from bot.wording.errors import PLAIN, template_for
from core.orders import outcomes
from core.orders.kinds import OrderStatus
from core.orders.transitions import ENDED, FULFILLMENT_MOVES, ORDER_MOVES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "order-life.md"


def every_outcome():
    for section in outcomes.SECTIONS:
        for state, row in section.table.items():
            for event, outcome in row.items():
                yield section, state, event, outcome


def test_the_page_is_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == outcomes.as_markdown()


def test_a_missing_outcome_stops_the_program(monkeypatch):
    row = dict(outcomes.ORDER[OrderStatus.PLACED])
    del row[outcomes.OrderEvent.CANCEL]
    monkeypatch.setitem(outcomes.ORDER, OrderStatus.PLACED, row)

    with pytest.raises(ValueError, match="placed has no outcome for cancel"):
        outcomes.check()


def test_an_outcome_that_no_move_leads_to_stops_the_program(monkeypatch):
    row = {
        **outcomes.ORDER[OrderStatus.PLACED],
        outcomes.OrderEvent.CANCEL: outcomes.Becomes(frozenset({OrderStatus.DRAFT})),
    }
    monkeypatch.setitem(outcomes.ORDER, OrderStatus.PLACED, row)

    with pytest.raises(ValueError, match="cancel cannot lead from placed to draft"):
        outcomes.check()


def test_every_refusal_has_words_of_its_own():
    codes = {outcome.error.code for *_, outcome in every_outcome() if isinstance(outcome, outcomes.Refuses)}

    # A hold that is too small is our own fault and never meets a person as such.
    assert {code for code in codes if template_for(code) == PLAIN} == {"hold_resolved", "hold_too_small"}


def test_nothing_leads_out_of_an_order_that_has_ended():
    for status in ENDED:
        assert not ORDER_MOVES[status]
        assert not any(isinstance(outcome, outcomes.Becomes) for outcome in outcomes.ORDER[status].values())


def test_every_move_of_a_part_has_an_event():
    caused = {
        (state, outcome.state)
        for section, state, _, outcome in every_outcome()
        if isinstance(outcome, outcomes.PartBecomes)
    }

    moves = {(state, goal) for state, goals in FULFILLMENT_MOVES.items() for goal in goals}
    assert moves - caused == set()
