"""What a wholesaler writes at a shop's door: the code with what came and whether the money came."""

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import Payment, PaymentClaim
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Shortage
from core.parties.models import Vendor
from tests.bot.dialogue.test_vendor_says import ORDER, count, on_the_way, said_to, statuses, titles


def a_claim_and_a_cash_parcel(stage):
    """A payment of order 1001 waits for Gita's word, and order 1002 is on its way for cash."""
    for number, terms in ((1001, "ho"), (1002, "cash")):
        stage.write("asha", ORDER)
        stage.write("asha", terms)
        stage.write("gita", f"{number} huncha")
        stage.write("gita", f"dispatch {number}")
    on_credit, for_cash = stage.delivery_codes()
    stage.write("gita", on_credit)
    stage.write("asha", "paid 500 esewa ref ABC123")
    return for_cash


def open_claims(stage):
    return count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN)


def test_money_beside_a_code_is_never_a_word_on_another_payment(stage):
    code = a_claim_and_a_cash_parcel(stage)

    (misshapen,) = said_to(stage.write("gita", "paisa aako chaina, code 11111"), "gita")
    assert open_claims(stage) == 1
    assert "५ अङ्क" in misshapen

    (asked,) = said_to(stage.write("gita", f"paisa aako chaina, code {code}"), "gita")
    assert (open_claims(stage), count(stage, Payment)) == (1, 0)
    assert "नगद पाइएन" in asked

    stage.write("gita", f"paisa aayo, code {code}")
    assert open_claims(stage) == 1
    assert statuses(stage) == [FulfillmentStatus.DELIVERED] * 2


@pytest.mark.parametrize("words", ["1 case matra pugyo, code {}", "1001 ko 1 case matra aayo, code {}"])
def test_what_came_before_its_code_is_a_short_delivery_and_the_sum_is_said(stage, words):
    code = on_the_way(stage)

    (asked,) = said_to(stage.write("gita", words.format(code)), "gita")

    assert "(नपुगेको घटाएर)" in asked
    assert "रु." in asked
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


def test_a_code_that_is_spelt_is_read_and_one_without_its_zero_is_explained(stage):
    code = on_the_way(stage)

    (explained,) = said_to(stage.write("gita", code.removeprefix("0")), "gita")
    assert "५ अङ्क" in explained or "कोड मिल्यो" not in explained

    (asked,) = said_to(stage.write("gita", " ".join(code)), "gita")
    assert "कोड मिल्यो" in asked


@pytest.mark.parametrize(
    "words", ["{}, wai wai 1.5 packet kam cha", "wai wai 58.5 packet matra aayo, code {}"]
)
def test_a_part_of_a_packet_is_asked_again_before_anything_is_delivered(stage, words):
    code = on_the_way(stage, terms="ho")

    (asked,) = said_to(stage.write("gita", words.format(code)), "gita")
    assert "के नपुगेको" in asked
    (again,) = said_to(stage.write("gita", "1 1.5"), "gita")
    assert "मा मात्र गनिन्छ" in again
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]

    stage.write("gita", "1 2")
    assert statuses(stage) == [FulfillmentStatus.DELIVERED]


def test_a_part_of_a_packet_is_no_shortage_report_and_is_asked_again(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)

    (asked,) = said_to(stage.write("asha", "1001 ma wai wai 1.5 packet kam aayo"), "asha")
    assert "What's missing" in asked
    (again,) = said_to(stage.write("asha", "1 1.5"), "asha")
    assert "is counted in whole pkt" in again
    assert count(stage, Shortage) == 0

    stage.write("asha", "1 2")
    assert count(stage, Shortage) == 1


def test_a_code_with_goods_that_were_not_taken_is_asked_about_first(stage):
    code = on_the_way(stage, "ho")

    (asked,) = said_to(stage.write("gita", f"{code} दिनुभयो तर सामान लिनुभएन"), "gita")
    assert "बुझाउनुभयो?" in asked
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]

    (closed,) = said_to(stage.write("gita", f"code {code} but shop closed, could not deliver"), "gita")
    assert "बुझाउनुभयो?" in closed
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert count(stage, Vendor, Vendor.closed_days != []) == 0

    stage.write("gita", "hoina")
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


def test_closed_today_only_opens_the_other_days(stage):
    stage.write("gita", "aja banda garchu, bholi pani")
    stage.write("gita", "hoina aja matra banda ho")

    with stage.database.transaction() as session:
        assert [len(days) for days in session.scalars(select(Vendor.closed_days)) if days] == [1]


UNCLEAR = "{} 50 ota ko thau ma 20 ota diye"


@pytest.mark.parametrize(
    "words",
    [
        "nothing",
        "purai diye kehi napugeko chaina",
        "sabai diye",
        "1 0",
        "0",
        "केही कम छैन",
        "सबै दिएँ",
        "pura diya",
        "kuch kam nahi",
    ],
)
def test_nothing_short_delivers_all_where_it_was_asked(stage, words):
    stage.write("gita", UNCLEAR.format(on_the_way(stage, terms="ho")))
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]

    (told,) = said_to(stage.write("gita", words), "gita")

    assert statuses(stage) == [FulfillmentStatus.DELIVERED]
    assert "१,९८३.७२" in told


@pytest.mark.parametrize(
    "words", ["thik cha 1 kg ghataideu", "1 kg kam", "2 1", "less 1 kg", "१ किलो घटाइदिनुस्"]
)
def test_so_much_less_is_taken_off_the_bill(stage, words):
    stage.write("gita", UNCLEAR.format(on_the_way(stage, terms="ho")))

    (told,) = said_to(stage.write("gita", words), "gita")

    assert "१,८६५.६३" in told


@pytest.mark.parametrize("words", ["sabai diye tara chini chaina", "{}", "ho", "yes"])
def test_what_may_leave_something_out_bills_nothing_and_offers_a_way_out(stage, words):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", UNCLEAR.format(code))

    arrived = stage.write("gita", words.format(code))

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert "सबै दिएँ" in titles(arrived, "gita")
    stage.tap("gita", 1)
    assert statuses(stage) == [FulfillmentStatus.DELIVERED]
