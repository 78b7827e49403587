"""A wholesaler's no counts at its first word; the reason is asked for afterwards, and kept as it is typed."""

import pytest
from sqlalchemy import select

from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import offered, said_to


def gitas_offer(stage):
    with stage.database.transaction() as session:
        row = session.scalars(select(Offer).order_by(Offer.id)).first()
        return row.status, row.decline_reason


@pytest.mark.parametrize("words", ["1001 linna", "linna", "१००१ लिन्नँ", "1001 hudaina", "can't take 1001"])
def test_a_no_is_taken_before_its_reason_is_told(stage, words):
    offered(stage)

    (asked,) = said_to(stage.write("gita", words), "gita")

    assert gitas_offer(stage) == (OfferStatus.DECLINED, None)
    assert "किन लिन मिलेन" in asked


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("gadi bigryo ani stock pani chaina", "gadi bigryo ani stock pani chaina"),
        ("stock chaina", "no_stock"),
        ("1", "no_stock"),
        ("गाडी बिग्रियो", "गाडी बिग्रियो"),
        ("gaadi kharab ho gayi", "gaadi kharab ho gayi"),
        ("my driver is ill", "my driver is ill"),
    ],
)
def test_a_reason_is_kept_as_it_is_typed(stage, words, reason):
    offered(stage)
    stage.tap("gita", 2)

    (told,) = said_to(stage.write("gita", words), "gita")

    assert gitas_offer(stage) == (OfferStatus.DECLINED, reason)
    assert "कारण टिपियो" in told


def test_other_business_after_a_no_is_no_reason(stage):
    offered(stage)
    stage.write("gita", "1001 linna")

    stage.write("gita", "mero score")

    assert gitas_offer(stage) == (OfferStatus.DECLINED, None)


def test_a_no_that_is_taken_back_in_the_same_message_declines_nothing(stage):
    offered(stage)

    stage.write("gita", "linna hoina, linchu tara chini 3 kg matra")

    assert gitas_offer(stage)[0] is not OfferStatus.DECLINED
