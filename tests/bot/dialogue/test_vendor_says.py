"""What a vendor's words move, and what they only say."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.catalog.models import Listing, Product, Stock
from core.credit import queries as credit
from core.credit.models import Invoice, Payment
from core.messaging.models import OutboundMessage
from core.money import Money
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, FulfillmentLine
from core.parties.models import Vendor
from core.routing.models import Offer, OfferStatus
from tests.bot.stage import address_of

ORDER = "2 case wai wai chicken, 5 kg chini"


def said_to(arrived, who):
    return [one.message.text for one in arrived if one.to == address_of(who)]


def titles(arrived, who):
    return [choice.title for one in arrived if one.to == address_of(who) for choice in one.message.choices]


def parcels(stage):
    with stage.database.transaction() as session:
        return {
            row.order_id: row.status for row in session.scalars(select(Fulfillment).order_by(Fulfillment.id))
        }


def statuses(stage):
    return list(parcels(stage).values())


def promised(stage):
    """The amounts of the promised parcels' lines, by product."""
    with stage.database.transaction() as session:
        rows = session.execute(
            select(Product.sku, FulfillmentLine.quantity)
            .join(Listing, Listing.id == FulfillmentLine.listing_id)
            .join(Product, Product.id == Listing.product_id)
        )
        return {sku: amount for sku, amount in rows if amount}


def count(stage, model, *where):
    with stage.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def offered(stage, *shops):
    """Each shop orders the same goods, and Gita is asked about each; the orders are 1001, 1002, …"""
    for shop in shops or ("asha",):
        stage.write(shop, ORDER)
        stage.write(shop, "ho")


def on_the_way(stage, terms="cash"):
    stage.write("asha", ORDER)
    stage.write("asha", terms)
    stage.tap("gita", 1)
    stage.write("gita", "dispatch 1001")
    return stage.delivery_codes()[-1]


def listing_of(stage, sku, vendor="Himal Traders"):
    with stage.database.transaction() as session:
        row = session.execute(
            select(Listing, Stock)
            .join(Product, Product.id == Listing.product_id)
            .join(Vendor, Vendor.id == Listing.vendor_id)
            .outerjoin(Stock, Stock.listing_id == Listing.id)
            .where(Product.sku == sku, Vendor.business_name == vendor)
        ).one()
        return row[0].price_minor, row[1].on_hand


@pytest.mark.parametrize(
    "words",
    [
        "1001 accept gardina",
        "1001 don't accept",
        "1001 hunxa?",
        "bholi 1001 accept garchu",
        "stock aayo bhane 1001 accept garchu",
        "१००१ स्वीकार गर्दिन",
    ],
)
def test_a_yes_that_is_none_promises_nothing_and_shows_the_offer(stage, words):
    offered(stage)

    arrived = stage.write("gita", words)

    assert count(stage, Fulfillment) == 0
    assert count(stage, Offer, Offer.status == OfferStatus.OPEN) == 1
    assert len(arrived) == 1
    assert "१००१" in arrived[0].message.text


@pytest.mark.parametrize(
    "words", ["1001 not dispatched", "dispatch 1001 bholi garchu", "did you mean dispatch 1001?"]
)
def test_what_has_not_left_stays_and_the_tap_that_sends_it_is_offered(stage, words):
    offered(stage)
    stage.tap("gita", 1)

    arrived = stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert titles(arrived, "gita") == ["पठाएँ"]

    stage.tap("gita", 1)

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


@pytest.mark.parametrize(
    "words",
    [
        "{code} no cash",
        "{code} cash paina",
        "{code} cash pachi dincha",
        "{code} cash dincha re",
        "{code}",
        "1001 cash paina",
        "no cash",
        "cash pachi dincha",
    ],
)
def test_a_code_or_a_word_of_cash_books_no_cash_unasked(stage, words):
    code = on_the_way(stage)

    arrived = stage.write("gita", words.format(code=code))

    assert count(stage, Payment) == 0
    assert count(stage, Invoice) == 0
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert len(said_to(arrived, "gita")) == 1


@pytest.mark.parametrize("words", ["{code} delivered bhayena", "not delivered {code}", "{code} bholi dinchu"])
def test_a_code_beside_a_no_delivers_nothing(stage, words):
    code = on_the_way(stage, terms="ho")

    arrived = stage.write("gita", words.format(code=code))

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert count(stage, Invoice) == 0
    assert titles(arrived, "gita")


def test_a_part_of_the_cash_is_read_back_and_booked_exactly(stage):
    code = on_the_way(stage)

    asked = stage.write("gita", f"{code} cash 1000 matra diyo")
    assert count(stage, Payment) == 0
    assert "रु. १,०००.००" in said_to(asked, "gita")[0]
    assert "रु. ९८३.७२" in said_to(asked, "gita")[0]

    stage.write("gita", "ho")

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [100_000]
        invoice = session.scalars(select(Invoice)).one()
        assert credit.outstanding(session, [invoice.id]) == {invoice.id: Money(98_372)}
    assert statuses(stage) == [FulfillmentStatus.DELIVERED]


@pytest.mark.parametrize(
    "words",
    [
        "500 aayo",
        "only got 500",
        "Rs 500 received",
        "500",
        "500 rupaya paiyo",
        "rs 500 matra diyo",
        "paanch say aayo",
        "५०० आयो",
        "500 of it",
        "500 bhetyo",
        "500 diyo baki bholi",
        "1483.72 baki",
        "1483.72 kam diyo",
    ],
)
def test_a_sum_is_never_all_of_the_cash(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)

    asked = stage.write("gita", words)

    assert count(stage, Payment) == 0
    assert "रु. ५००.००" in said_to(asked, "gita")[0]
    stage.write("gita", "ho")
    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [50_000]


@pytest.mark.parametrize("words", ["aadha diyo", "half"])
def test_half_of_the_cash_is_asked_as_a_sum(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)

    stage.write("gita", words)
    stage.write("gita", "991")
    stage.write("gita", "ho")

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [99_100]


@pytest.mark.parametrize(
    "words", ["full", "sabai diyo", "pura paisa aayo", "yes got it", "all", "paisa pugyo"]
)
def test_all_of_the_cash_is_booked_when_somebody_says_so(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)

    stage.write("gita", words)

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [198_372]


@pytest.mark.parametrize(
    "words",
    [
        "1500 aayo?",
        "500 diyena",
        "hajar rupaya aayo",
        "500 aayo 1400 baki",
        "500 bholi dincha",
        "chini 500",
        "1500 aayo bhane",
        "1600 diyo re",
    ],
)
def test_what_is_denied_asked_or_about_goods_books_no_cash(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)

    stage.write("gita", words)

    assert count(stage, Payment) == 0
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


def test_the_amount_of_a_part_may_look_like_an_orders_number(stage):
    code = on_the_way(stage)
    stage.write("gita", code)
    stage.tap("gita", 2)

    stage.write("gita", "1001")
    stage.tap("gita", 1)

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [100_100]


@pytest.mark.parametrize(
    "words", ["accept 1001 1002", "1001, 1002 pani hunxa", "1001 ra 1002 hunxa", "1001 hunxa, 1002 hunxa"]
)
def test_several_orders_are_accepted_in_one_message(stage, words):
    offered(stage, "asha", "maya")

    arrived = stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED] * 2
    assert len(said_to(arrived, "gita")) == 1
    assert all(number in said_to(arrived, "gita")[0] for number in ("१००१", "१००२"))


@pytest.mark.parametrize("words", ["sabai hunxa", "yes all"])
def test_all_are_accepted_after_one_tap_that_names_the_total(stage, words):
    offered(stage, "asha", "maya")

    asked = stage.write("gita", words)
    assert count(stage, Fulfillment) == 0
    assert "रु. ३,९६७.४४" in said_to(asked, "gita")[0]

    stage.tap("gita", 1)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED] * 2


def test_a_yes_and_a_no_in_one_message_are_both_done_or_asked(stage):
    offered(stage, "asha", "maya")

    arrived = stage.write("gita", "1001 hunxa, 1002 stock chaina")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert count(stage, Offer, Offer.status == OfferStatus.DECLINED) == 1
    assert len(said_to(arrived, "gita")) == 1


def test_one_order_is_sent_and_another_accepted_in_one_message(stage):
    offered(stage, "asha", "maya")
    stage.write("gita", "1002 hunxa")

    stage.write("gita", "1002 pathaye ra 1001 hunxa")

    assert sorted(statuses(stage)) == [FulfillmentStatus.ACCEPTED, FulfillmentStatus.DISPATCHED]


def test_an_order_less_what_there_is_not(stage):
    offered(stage)

    stage.write("gita", "1001 huncha tara chini chaina")

    with stage.database.transaction() as session:
        assert session.scalars(select(Fulfillment)).one().total_minor == 139_329


def test_the_time_that_was_promised_is_said_back(stage):
    offered(stage)

    arrived = stage.write("gita", "accept 1001 tomorrow 10am")

    assert "भोलि बिहान १०:००" in said_to(arrived, "gita")[0]
    with stage.database.transaction() as session:
        eta = session.scalars(select(Fulfillment)).one().eta_at
    assert eta == (stage.now + dt.timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("words", ["1001 firta", "1001 dina sakdina", "withdraw 1001"])
def test_a_promise_is_taken_back_in_plain_words_after_one_question(stage, words):
    offered(stage)
    stage.tap("gita", 1)

    stage.write("gita", words)
    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]

    stage.tap("gita", 1)

    assert statuses(stage) == [FulfillmentStatus.WITHDRAWN]


@pytest.mark.parametrize(
    ("words", "is_closed"), [("aja pasal banda", True), ("aja pasal banda chaina", False)]
)
def test_a_vendor_closes_for_the_day_in_plain_words(stage, words, is_closed):
    stage.write("gita", words)

    assert count(stage, Vendor, Vendor.closed_days != []) == int(is_closed)


def test_what_waits_is_told_with_what_does_not(stage):
    on_the_way(stage)

    arrived = stage.write("gita", "offers")

    assert "१००१" in said_to(arrived, "gita")[0]


def test_a_thousand_with_a_comma_is_a_thousand(stage):
    stage.write("hari", "wai wai veg stock 1,200")

    assert listing_of(stage, "WW-VEG-75")[1] == Decimal(1200)


def test_a_stock_below_nothing_is_asked_about(stage):
    before = listing_of(stage, "WW-VEG-75")

    arrived = stage.write("hari", "wai wai veg stock -5")

    assert listing_of(stage, "WW-VEG-75") == before
    assert titles(arrived, "hari") == ["Yes, set it", "No, leave it"]


def test_a_heading_says_what_the_figures_under_it_are(stage):
    stage.write("hari", "stock\nwai wai veg 700\nrara chicken 300")

    assert listing_of(stage, "WW-VEG-75")[1] == Decimal(700)
    assert listing_of(stage, "RARA-CHK-75")[1] == Decimal(300)


def test_a_price_put_right_after_the_question_replaces_it(stage):
    stage.write("hari", "wai wai veg price 45")

    stage.write("hari", "22")

    assert listing_of(stage, "WW-VEG-75")[0] == 2_200


def test_a_price_that_is_asked_about_is_not_set(stage):
    before = listing_of(stage, "WW-VEG-75")

    arrived = stage.write("hari", "wai wai veg price 22 ho?")

    assert listing_of(stage, "WW-VEG-75") == before
    assert len(arrived) == 1


def test_a_text_of_sixteen_thousand_characters_gets_one_short_answer(stage):
    arrived = stage.write("gita", ("foo bar baz 12, " * 1_000)[:16_000])

    assert len(arrived) == 1
    assert len(arrived[0].message.text) <= 600


@pytest.mark.parametrize("forged", ["{token}:everything", "nonsense", "x:y:z", "{token}:"])
def test_a_tap_that_somebody_made_up_shows_what_there_is(stage, forged):
    offered(stage)
    token = stage.last("gita").message.choices[0].id.split(":")[0]

    arrived = stage.post(
        "gita",
        Body="Accept",
        MessageType="interactive",
        ButtonPayload=forged.format(token=token),
        ButtonText="whatever",
    )

    assert count(stage, Fulfillment) == 0
    assert len(said_to(arrived, "gita")) == 1
    assert "१००१" in said_to(arrived, "gita")[0]
    assert count(stage, OutboundMessage, OutboundMessage.say == "errors/unexpected") == 0


@pytest.mark.parametrize(
    "words", ["tel sakiyo", "rara veg 21, tel sakiyo", "chini 95, tel sakiyo", "तेल सकियो", "oil sold out"]
)
def test_a_word_for_many_of_a_vendors_goods_is_not_called_unknown(stage, words):
    arrived = said_to(stage.write("gita", words), "gita")

    assert len(arrived) == 1
    assert "थरी छन्" in arrived[0] or "*१०*" in arrived[0]
    assert "बुझिनँ" not in arrived[0]
    with stage.database.transaction() as session:
        assert not session.scalar(
            select(func.count()).select_from(Listing).where(Listing.is_available.is_(False))
        )


@pytest.mark.parametrize(
    "words",
    ["1001 ma chini 2 kg matra pugyo, pathaye", "1001 pathaye, chini 2 kg matra"],
)  # fmt: skip
def test_what_a_sent_parcel_lacks_is_counted_at_the_door(stage, words):
    offered(stage)
    stage.tap("gita", 1)

    (answer,) = said_to(stage.write("gita", words), "gita")

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert "chini 2 kg matra" in answer
    assert "कोडसँगै" in answer


@pytest.mark.parametrize(
    "words",
    [
        "1001 bholi pathauchu", "bholi pathauchu", "1001 delay huncha, bholi pathauchu", "ETA 1001 tomorrow", "1001 ko eta bholi",
        "1001 will be late, tomorrow", "१००१ भोलि मात्र पठाउँछु", "1001 bholi matra pathauna sakchu",
    ],
)  # fmt: skip
def test_a_promised_parcel_is_put_off_to_a_day(stage, words):
    offered(stage)
    stage.tap("gita", 1)

    (answer,) = said_to(stage.write("gita", words), "gita")

    assert "भोलि" in answer
    assert "टिपियो" in answer
    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]


@pytest.mark.parametrize("words", ["1001 linchu", "1001 huncha", "ma linchu", "1001", "1001 hudaina"])
def test_an_answer_after_the_deadline_is_told_that_it_is_too_late(stage, words):
    offered(stage)
    stage.wait(dt.timedelta(hours=4))

    (answer,) = said_to(stage.write("gita", words), "gita")

    assert "समय सकियो" in answer


def test_a_number_that_was_never_offered_is_no_late_answer(stage):
    offered(stage)
    stage.wait(dt.timedelta(hours=4))

    (answer,) = said_to(stage.write("sunil", "1001 linchu"), "sunil")

    assert "No order 1001 of yours is open" in answer


@pytest.mark.parametrize(
    "words",
    [
        "wai wai dinchu, chini chaina", "chini chaina tara wai wai cha", "1001 wai wai dinchu, chini chaina", "wai wai available, sugar not available",
        "वाइ वाइ दिन्छु, चिनी छैन", "chini sakiyo ra wai wai dinchu",
    ],
)  # fmt: skip
def test_each_line_with_its_own_word_takes_what_is_given(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == {"WW-CHK-75": Decimal(60)}


@pytest.mark.parametrize(
    "words", ["wai wai dinchu, chini chaina?", "wai wai dinchu, tel chaina", "wai wai dinchu", "wai wai bholi dinchu, chini chaina bhane"]
)  # fmt: skip
def test_lines_that_are_not_all_told_promise_nothing(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == {}
