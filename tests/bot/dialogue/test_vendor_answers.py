"""Several things in one message, goods that are many, days, times, and parcels that come back."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.catalog.models import Listing, Product
from core.credit import queries as credit
from core.credit.service import limit_with_vendor
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import Role
from core.messaging.models import Prompt
from core.money import rupees
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, Order
from core.parties.models import Vendor
from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import (
    count,
    offered,
    on_the_way,
    said_to,
    statuses,
    titles,
)
from tests.market import ADMIN


def closed_days(stage):
    with stage.database.transaction() as session:
        days = session.scalars(select(Vendor.closed_days).where(Vendor.closed_days != [])).all()
        return [(day - stage.now.date()).days for one in days for day in one]


def hidden(stage):
    with stage.database.transaction() as session:
        found = (
            select(Product.sku)
            .join(Listing, Listing.product_id == Product.id)
            .join(Vendor, Vendor.id == Listing.vendor_id)
            .where(Vendor.business_name == "Shree Ganesh Khadya Bhandar", Listing.is_available.is_(False))
        )
        return sorted(session.scalars(found))


def eta(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Fulfillment.eta_at)).one()


@pytest.mark.parametrize(
    "words",
    [
        "1001 thik cha, 1002 hudaina",
        "1001 thik cha 1002 hudaina",
        "1001 ok 1002 no",
        "accept 1001 decline 1002",
        "1001 lai hunxa 1002 lai hunna",
        "1001 hunxa\n1002 sakdina",
    ],
)
def test_each_order_gets_its_own_word(stage, words):
    offered(stage, "asha", "maya")

    arrived = stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    with stage.database.transaction() as session:
        first = session.scalars(select(Offer).order_by(Offer.id)).first()
        assert first.status is OfferStatus.ACCEPTED
    assert len(said_to(arrived, "gita")) == 1
    assert "१००२" in said_to(arrived, "gita")[0]


def test_what_cannot_be_done_beside_a_question_is_named_back(stage):
    offered(stage, "asha", "maya")

    told = said_to(stage.write("gita", "1001 thik cha, 1002 chaina, chini 95"), "gita")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert len(told) == 1
    assert "chini 95" in told[0]


@pytest.mark.parametrize(
    "words", ["hajur asha aayo", "asha ko aayo", "hajar rupaya aayo", "ram aayo", "1001 ko kura aayo"]
)
def test_a_salt_named_like_came_is_not_back_because_something_came(stage, words):
    told = said_to(stage.write("gita", words), "gita")

    assert "आयो नुन" not in told[0]


def test_goods_of_a_kind_are_listed_with_numbers_and_several_chosen(stage):
    told = said_to(stage.write("gita", "tel sakiyo"), "gita")
    assert "*१५*" in told[0]

    stage.write("gita", "1 3 15")

    assert len(hidden(stage)) == 3


def test_all_goods_of_a_kind_are_read_back_first(stage):
    stage.write("gita", "tel sakiyo")

    asked = stage.write("gita", "sabai")
    assert hidden(stage) == []
    assert titles(asked, "gita") == ["हो, राख्ने", "होइन"]
    stage.write("gita", "ho")

    assert len(hidden(stage)) == 15


def test_one_of_the_listed_goods_is_taken_by_its_name(stage):
    stage.write("gita", "tel sakiyo")

    stage.write("gita", "dhara 1 ltr")

    assert len(hidden(stage)) <= 1
    assert all(sku.startswith("DHARA") for sku in hidden(stage))


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("chini 95 tel 280", [95, 280]),
        ("chini 95 tel 280 nun 25", [95, 280, 25]),
        ("dhara tel 1 ltr 285 chini 95", [285, 95]),
        ("चिनी ९५ तेल २८०", [95, 280]),
    ],
)
def test_each_number_stays_with_its_goods(words, numbers):
    acts = read_acts(words, role=Role.VENDOR)

    assert [act.number for act in acts] == numbers
    assert {act.kind for act in acts} == {ActKind.NUMBER}


@pytest.mark.parametrize("words", ["wai wai ra coke sakiyo", "wai wai, coke sold out", "वाइवाइ र कोक सकियो"])
def test_goods_before_and_are_gone_with_those_behind(words):
    assert [act.kind for act in read_acts(words, role=Role.VENDOR)] == [ActKind.SOLD_OUT] * 2


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("bholi khulla", []),
        ("open tomorrow", []),
        ("aaja banda, parsi khulla", [0]),
        ("aaja banda bholi khulcha", [0]),
        ("closed today open tomorrow", [0]),
        ("aaja ra bholi banda", [0, 1]),
        ("parsi samma banda", [0, 1, 2]),
        ("3 din banda", [0, 1, 2]),
        ("bholi pasal khuldaina", [1]),
        ("भोलि बन्द, पर्सि खुल्ला", [1]),
        ("bholi banda ho?", []),
        ("kaam suru 8 baje", []),
        ("banda chaina", []),
    ],
)
def test_each_day_is_closed_or_open_by_itself(stage, words, days):
    arrived = stage.write("gita", words)

    assert closed_days(stage) == days
    assert len(said_to(arrived, "gita")) == 1


def test_a_day_that_was_closed_is_opened_by_itself(stage):
    stage.write("gita", "bholi ra parsi banda")

    stage.write("gita", "bholi khulla")

    assert closed_days(stage) == [2]


@pytest.mark.parametrize(
    ("words", "days", "time"),
    [
        ("1001 hunxa 5 baje samma", 0, (17, 0)),
        ("ok 1001 5 baje bhitra", 0, (17, 0)),
        ("1001 accept by 5", 0, (17, 0)),
        ("1001 hunxa bholi bihan", 1, (10, 0)),
        ("1001 thik cha bholi 11 baje", 1, (11, 0)),
        ("1001 hunxa bholi 5 baje", 1, (17, 0)),
        ("1001 ok tomorrow 9am", 1, (9, 0)),
        ("1001 hunxa 8 baje", 0, (20, 0)),
    ],
)
def test_the_time_of_a_promise(stage, words, days, time):
    offered(stage)

    stage.write("gita", words)

    expected = (stage.now + dt.timedelta(days=days)).replace(
        hour=time[0], minute=time[1], second=0, microsecond=0
    )
    assert eta(stage) == expected


@pytest.mark.parametrize(
    "words", ["1001 ok in 30 min", "1001 hunxa aadha ghanta ma", "2 ghanta ma 1001 hunxa"]
)
def test_a_span_is_no_quantity(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert eta(stage) > stage.now


@pytest.mark.parametrize(
    "words", ["5 baje samma", "bholi bihan", "2 ghanta ma", "aba 1 ghanta lagcha", "by 5"]
)
def test_a_time_alone_is_the_only_parcels(stage, words):
    offered(stage)
    stage.tap("gita", 1)

    stage.write("gita", words)

    assert eta(stage) > stage.now


def test_a_time_alone_is_asked_about_with_two_parcels(stage):
    offered(stage, "asha", "maya")
    stage.write("gita", "1001 hunxa, 1002 hunxa")

    told = said_to(stage.write("gita", "5 baje samma"), "gita")

    assert count(stage, Fulfillment, Fulfillment.eta_at.is_not(None)) == 0
    assert all(number in told[0] for number in ("१००१", "१००२"))


@pytest.mark.parametrize(
    "words",
    [
        "1001 firta aayo",
        "pasal le liyena, 1001 farkayo",
        "1001 linu manena",
        "shop refused 1001",
        "1001 farkera aayo",
        "1001 return",
        "1001 customer didn't take it",
        "saman firta aayo",
        "१००१ फर्कियो",
    ],
)
def test_a_parcel_that_came_back_is_returned_after_one_question(stage, words):
    on_the_way(stage, terms="ho")

    asked = stage.write("gita", words)
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert titles(asked, "gita") == ["हो, सबै फिर्ता", "होइन"]
    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.RETURNED]


@pytest.mark.parametrize("words", ["1001 firta aayena", "1001 firta aaucha hola", "bholi 1001 firta garchu"])
def test_a_parcel_that_has_not_come_back_is_not_asked_about(stage, words):
    on_the_way(stage, terms="ho")

    asked = stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert titles(asked, "gita") == []


def test_an_order_that_has_not_left_does_not_come_back(stage):
    offered(stage)
    stage.tap("gita", 1)

    told = said_to(stage.write("gita", "1001 firta aayo"), "gita")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert "१००१" in told[0]


@pytest.mark.parametrize(
    "words",
    ["kasle paisa tirna baki cha", "who owes me", "udharo kasko kati", "asha ko baki kati", "कसले तिरेन"],
)
def test_who_owes_is_told_by_shop(stage, words):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)

    told = said_to(stage.write("gita", words), "gita")

    assert "Asha Kirana Pasal" in told[0]
    assert "रु. १,९८३.७२" in told[0]


def test_the_account_adds_up(stage):
    code = on_the_way(stage)
    stage.write("gita", f"{code} cash 1000 matra diyo")
    stage.write("gita", "ho")

    with stage.database.transaction() as session:
        vendor_id = session.scalars(select(Fulfillment.vendor_id)).one()
        today = stage.now.date()
        found = credit.settlement(session, vendor_id, start=today, end=today)

    parts = (found.opening, found.gross, found.returned, found.received, found.paid, found.other)
    assert found.commission.minor > 0
    assert sum(part.minor for part in parts) - found.commission.minor == found.owed.minor
    told = said_to(stage.write("gita", "mero hisab"), "gita")[0]
    assert "कमिसन" in told
    assert "रु. १,०००.००" in told


@pytest.mark.parametrize(
    "words",
    ["1001 ko pata", "1001 kaha ho", "address of 1001", "where is 1001", "kata ho yo pasal?", "१००१ ठेगाना"],
)
def test_the_shops_address_is_told_for_a_promised_parcel(stage, words):
    on_the_way(stage)

    told = said_to(stage.write("gita", words), "gita")

    assert "New Baneshwor" in told[0]


def test_no_address_is_told_of_an_order_that_is_not_promised(stage):
    offered(stage)

    told = said_to(stage.write("gita", "1001 ko pata"), "gita")

    assert "New Baneshwor" not in told[0]


def limit_with_gita(stage, amount):
    """What Asha may owe Gita, set after Gita was asked."""
    with stage.database.transaction() as session:
        asked = session.scalars(select(Offer).order_by(Offer.id)).first()
        order = session.get_one(Order, asked.order_id)
        facts = {"limit": rupees(amount), "reason": "new", "actor": ADMIN, "now": stage.now}
        limit_with_vendor(session, order.retailer_id, asked.vendor_id, **facts)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "credit limit with you"), ("ne", "यो पसलको तपाईंसँगको उधारो सीमा")]
)
def test_a_yes_beyond_what_the_shop_may_owe_is_answered_in_words_for_the_vendor(stage, language, words):
    stage.write("gita", "english" if language == "en" else "nepali")
    offered(stage)
    limit_with_gita(stage, 100)

    (told,) = said_to(stage.write("gita", "1001 thik cha"), "gita")

    assert words in told
    assert "balance" not in told
    assert "बाँकी कति" not in told
    assert statuses(stage) == []
    with stage.database.transaction() as session:
        first, *others = session.scalars(select(Offer).order_by(Offer.id))
        assert first.status is OfferStatus.CLOSED
        assert [offer.vendor_id for offer in others if offer.vendor_id == first.vendor_id] == []
        offer_questions = select(Prompt).where(Prompt.kind == "offer", Prompt.subject_id == first.id)
        assert all(prompt.closed_at for prompt in session.scalars(offer_questions))
    assert "1001" not in "".join(said_to(stage.write("gita", "offers"), "gita"))


def test_of_several_yeses_the_one_beyond_the_limit_is_named_and_the_others_stand(stage):
    offered(stage, "asha", "maya")
    limit_with_gita(stage, 100)

    (told,) = said_to(stage.write("gita", "accept 1001 1002"), "gita")

    assert "तपाईंसँगको उधारो सीमा सकियो" in told
    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
