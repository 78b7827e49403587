"""The life-cycle tables and the roll-up of an order's parts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.orders.kinds import FulfillmentStatus as F
from core.orders.kinds import OrderStatus as S
from core.orders.transitions import ENDED, FULFILLMENT_MOVES, LIVE, ORDER_MOVES, roll_up, steps_between


def test_every_status_has_its_moves():
    assert set(ORDER_MOVES) == set(S)
    assert set(FULFILLMENT_MOVES) == set(F)


def test_ended_orders_move_no_further():
    assert {status for status, moves in ORDER_MOVES.items() if not moves} == ENDED


@pytest.mark.parametrize(
    ("parts", "has_open_offer", "has_unplaced", "expected"),
    [
        pytest.param([], True, False, S.OFFERED, id="first offer"),
        pytest.param([], False, True, S.PLACED, id="being sought"),
        pytest.param([F.ACCEPTED], True, False, S.OFFERED, id="one part still offered"),
        pytest.param([F.ACCEPTED], False, True, S.PLACED, id="retailer asked about the rest"),
        pytest.param([F.ACCEPTED, F.DISPATCHED], False, False, S.ACCEPTED, id="least advanced part counts"),
        pytest.param([F.DISPATCHED, F.DELIVERED], False, False, S.DISPATCHED, id="one on its way, one there"),
        pytest.param([F.DELIVERED, F.WITHDRAWN], False, False, S.DELIVERED, id="ended parts do not count"),
        pytest.param([F.WITHDRAWN, F.CANCELED], False, False, None, id="nothing lives"),
        pytest.param([F.DELIVERED], True, True, S.OFFERED, id="the open offer decides over the search"),
    ],
)
def test_order_is_as_far_as_its_least_advanced_live_part(parts, has_open_offer, has_unplaced, expected):
    assert roll_up(parts, has_open_offer=has_open_offer, has_unplaced=has_unplaced) is expected


@given(parts=st.lists(st.sampled_from(list(F))), has_open_offer=st.booleans(), has_unplaced=st.booleans())
def test_roll_up_is_none_exactly_when_nothing_can_still_be_delivered(parts, has_open_offer, has_unplaced):
    status = roll_up(parts, has_open_offer=has_open_offer, has_unplaced=has_unplaced)

    can_come = has_open_offer or has_unplaced or any(part in LIVE for part in parts)
    assert (status is not None) is can_come


@pytest.mark.parametrize("start", list(S))
@pytest.mark.parametrize("goal", list(S))
def test_steps_between_two_states_are_moves_of_the_table_and_pass_no_end(start, goal):
    if goal not in _reachable(start):
        with pytest.raises(AssertionError, match=f"no order can go from {start} to {goal}"):
            steps_between(start, goal)
        return

    steps = steps_between(start, goal)

    assert all(step in ORDER_MOVES[before] for before, step in pairwise([start, *steps]))
    assert steps[-1:] == ([goal] if start is not goal else [])
    assert not ENDED & set(steps[:-1])


def test_of_two_ways_of_one_length_the_one_through_placed_is_taken():
    assert steps_between(S.ACCEPTED, S.UNFULFILLED) == [S.PLACED, S.UNFULFILLED]


def _reachable(start):
    found, waiting = {start}, [start]
    while waiting:
        new = ORDER_MOVES[waiting.pop()] - found
        found |= new
        waiting += new
    return found
