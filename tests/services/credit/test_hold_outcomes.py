"""Every cell of the table of credit holds, tried through its use case: it happens, or is refused, as the table says."""

import pytest
from sqlalchemy import select

from core.credit import service
from core.credit.models import CreditHold, HoldMovement
from core.credit.outcomes import HOLD, Hold, HoldEvent
from core.credit.service import holds
from core.errors import DomainError
from core.money import ZERO, rupees
from core.outcomes import Becomes, refusal_of
from tests.services.credit.parties import NOW, place_order

AMOUNT = rupees(4_000)
MORE, LESS = rupees(5_000), rupees(1_000)


def bring(session, parties, order_id, state):
    if state is not Hold.NONE:
        service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=AMOUNT, now=NOW)
    if state is Hold.RESOLVED:
        service.release_hold(session, order_id=order_id, cause="ended", now=NOW)


def cause(session, parties, order_id, event):
    match event:
        case HoldEvent.PLACE:
            service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=AMOUNT, now=NOW)
        case HoldEvent.GROW:
            service.grow_hold(session, order_id=order_id, to=MORE, cause="dearer", now=NOW)
        case HoldEvent.SHRINK:
            service.shrink_hold(session, order_id=order_id, to=LESS, cause="settled", now=NOW)
        case HoldEvent.CAPTURE:
            holds.capture(
                session,
                order_id=order_id,
                vendor_id=parties.himal,
                amount=LESS,
                cause="fulfillment:1",
                now=NOW,
            )
        case HoldEvent.RELEASE:
            service.release_hold(session, order_id=order_id, cause="canceled", now=NOW)


def picture(session, order_id):
    """The order's hold, with how often it moved."""
    hold = session.scalar(
        select(CreditHold).where(CreditHold.order_id == order_id).execution_options(populate_existing=True)
    )
    if hold is None:
        return Hold.NONE, ZERO, 0
    moves = session.scalars(select(HoldMovement).where(HoldMovement.hold_id == hold.id)).all()
    return Hold.of(hold.status), holds.open_part(hold), len(moves)


@pytest.mark.parametrize("event", HoldEvent)
@pytest.mark.parametrize("state", Hold)
def test_every_cell_of_the_table(session, parties, state, event):
    order_id = place_order(session, parties.asha)
    bring(session, parties, order_id, state)
    before = picture(session, order_id)
    assert before[0] is state

    refused = refusal_of(HOLD, state, event)
    if refused is not None:
        with pytest.raises(DomainError) as raised:
            cause(session, parties, order_id, event)
        assert type(raised.value) is refused
        assert picture(session, order_id) == before
        return
    cause(session, parties, order_id, event)
    after = picture(session, order_id)

    outcome = HOLD[state][event]
    if isinstance(outcome, Becomes):
        assert after != before
        assert after[0] in outcome.states
    else:
        assert after == before
