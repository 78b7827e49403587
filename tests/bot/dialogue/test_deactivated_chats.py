"""A deactivated party's chat: it reads what it owes and is owed, and whatever would act is refused at once."""

import pytest
from sqlalchemy import func, select

from core.catalog.models import Listing
from core.messaging.models import Prompt
from core.orders.models import OrderLine
from core.parties import service as parties
from core.parties.models import Contact
from tests.bot.dialogue.test_questions_end import do
from tests.market import ADMIN

CLOSED = "This account is closed"


def say(stage, who, words):
    return stage.write(who, words)[-1].message.text


def rows(stage, *columns):
    with stage.database.transaction() as session:
        return session.execute(select(*columns)).all()


@pytest.fixture
def hari_closed(stage):
    do(stage, parties.deactivate_vendor, 1, reason="fraud", actor=ADMIN)


@pytest.fixture
def asha_closed(stage):
    do(stage, parties.deactivate_retailer, 1, reason="fraud", actor=ADMIN)


@pytest.mark.parametrize(
    "words", ["chini khulla price 97", "chini stock 40", "wai wai sakiyo", "bholi banda", "chini bhau 500"]
)
def test_a_deactivated_vendor_is_asked_and_changes_nothing(stage, hari_closed, words):
    before = rows(stage, Listing.id, Listing.price_minor)

    answer = say(stage, "hari", words)

    assert CLOSED in answer
    assert rows(stage, Listing.id, Listing.price_minor) == before
    assert rows(stage, func.count(Prompt.id).filter(Prompt.closed_at.is_(None))) == [(0,)]


@pytest.mark.parametrize("words", ["wai wai 2 carton", "paid 500 esewa ref AB12"])
def test_a_deactivated_shop_orders_and_pays_nothing(stage, asha_closed, words):
    answer = say(stage, "asha", words)

    assert CLOSED in answer
    assert rows(stage, func.count(OrderLine.id)) == [(0,)]


@pytest.mark.parametrize("words", ["settlement", "statement"])
def test_a_deactivated_vendor_still_reads_what_it_is_owed(stage, hari_closed, words):
    assert CLOSED not in say(stage, "hari", words)


@pytest.mark.parametrize("words", ["balance", "statement", "help"])
def test_a_deactivated_shop_still_reads_what_it_owes(stage, asha_closed, words):
    assert CLOSED not in say(stage, "asha", words)


def test_a_deactivated_shop_may_still_say_stop_and_call_a_person(stage, asha_closed):
    assert CLOSED not in say(stage, "asha", "person")
    assert CLOSED not in say(stage, "asha", "stop")

    assert (True,) in rows(stage, Contact.opted_out_at.is_not(None))


def test_its_open_questions_close_and_an_old_button_changes_nothing(stage):
    stage.write("hari", "chini khulla price 97")
    asked = rows(stage, Prompt.id, Prompt.closed_at)
    assert [closed for _, closed in asked] == [None]

    do(stage, parties.deactivate_vendor, 1, reason="fraud", actor=ADMIN)

    assert rows(stage, Prompt.outcome) == [("void",)]
    before = rows(stage, Listing.id, Listing.price_minor)
    stage.tap("hari", 1)
    assert rows(stage, Listing.id, Listing.price_minor) == before
