"""Opening hours from the chat, and what they do to an order that comes at night."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from core.clock import KATHMANDU
from core.parties.models import Vendor
from core.parties.opening import Hours, by_weekday
from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import offered, said_to

GANESH = "Shree Ganesh Khadya Bhandar"


def gitas(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Vendor).where(Vendor.business_name == GANESH)).one()


def week(stage):
    return by_weekday(gitas(stage).opening)


def offer(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Offer).order_by(Offer.id.desc()).limit(1)).one()


@pytest.mark.parametrize("words", ["6 dekhi 9 samma khulla", "open 6-21", "६ देखि ९ सम्म खुल्ला"])
def test_hours_are_set_for_all_days_that_are_worked(stage, words):
    days = set(week(stage))

    (told,) = said_to(stage.write("gita", words), "gita")

    assert week(stage) == dict.fromkeys(days, Hours(360, 1260))
    assert "बिहान ६:०० देखि राति ९:००" in told


def test_hours_of_a_day_make_it_a_working_day(stage):
    stage.write("gita", "open 8 to 6")
    stage.write("gita", "shanibar 10 dekhi 2 samma khulla")

    assert week(stage)[6] == Hours(600, 840)
    assert week(stage)[1] == Hours(480, 1080)


def test_closed_on_a_weekday_is_closed_once_and_then_asked(stage):
    worked = set(week(stage))

    (asked,) = said_to(stage.write("gita", "friday closed"), "gita")
    assert "हरेक शुक्रबार बन्द गर्ने?" in asked
    assert (gitas(stage).closed_days, set(week(stage))) == ([dt.date(2035, 1, 12)], worked)

    stage.write("gita", "yes")
    assert set(week(stage)) == worked - {5}


def test_no_leaves_the_week_as_it_is(stage):
    worked = set(week(stage))

    stage.write("gita", "friday closed")
    stage.write("gita", "no")

    assert (gitas(stage).closed_days, set(week(stage))) == ([dt.date(2035, 1, 12)], worked)


@pytest.mark.parametrize("words", ["har shukrabar banda", "closed on fridays"])
def test_closed_every_week(stage, words):
    stage.write("gita", words)

    assert 5 not in week(stage)
    assert gitas(stage).closed_days == []


def test_asking_changes_nothing(stage):
    before = week(stage)

    (told,) = said_to(stage.write("gita", "opening hours?"), "gita")

    assert "आइतबार देखि शनिबार: बिहान ७:०० देखि राति ८:००" in told
    assert week(stage) == before


def test_order_at_night_rings_in_the_morning_and_the_shop_is_told_so(stage):
    stage.wait(dt.timedelta(hours=13))

    night = stage.write("asha", "2 case wai wai chicken, 5 kg chini") + stage.write("asha", "ho")

    (placed,) = [text for text in said_to(night, "asha") if "1001" in text]
    assert "open at 7:00 am tomorrow" in placed
    assert "by 9:00 am tomorrow" in placed
    assert said_to(night, "gita") == []
    asked = offer(stage)
    assert asked.rings_at == dt.datetime(2035, 1, 9, 7, 0, tzinfo=KATHMANDU)
    assert asked.expires_at == dt.datetime(2035, 1, 9, 9, 0, tzinfo=KATHMANDU)

    stage.wait(dt.timedelta(hours=7, minutes=59))
    assert offer(stage).status is OfferStatus.OPEN
    (rung,) = said_to(stage.wait(dt.timedelta(minutes=2)), "gita")
    assert "१००१" in rung
    stage.write("gita", "1001 hunxa")
    assert offer(stage).status is OfferStatus.ACCEPTED


def test_offer_of_the_night_may_be_answered_before_it_rings(stage):
    stage.wait(dt.timedelta(hours=13))
    offered(stage)

    stage.write("gita", "1001 accept")
    assert offer(stage).status is OfferStatus.ACCEPTED
    assert said_to(stage.wait(dt.timedelta(hours=8, minutes=5)), "gita") == []


def test_vendor_that_opens_at_noon_answers_until_two(stage):
    with stage.database.transaction() as session:
        session.execute(
            update(Vendor)
            .where(Vendor.business_name == GANESH)
            .values(opens_minutes=[720] * 7, closes_minutes=[1200] * 7)
        )

    offered(stage)

    assert offer(stage).expires_at == dt.datetime(2035, 1, 8, 14, 0, tzinfo=KATHMANDU)
