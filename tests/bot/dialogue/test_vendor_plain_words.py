"""Plain words of wholesalers, through the webhook: taken, out of stock, a sum that came, a cheque that bounced, a later day."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import Payment, PaymentClaim
from core.messaging.models import InboundMessage
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment
from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import count, offered, on_the_way, said_to, statuses, titles


def eta(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Fulfillment.eta_at)).one()


def in_days(stage, days, hour=18):
    return (stage.now + dt.timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def offer_status(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Offer.status).order_by(Offer.id)).first()


def claimed(stage, words):
    """Asha's order is delivered, and she says that she paid."""
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", words)


@pytest.mark.parametrize("words", ["लिएँ", "liye", "liyen hai", "le liya", "1001 liye", "taken", "la liye"])
def test_the_past_of_the_button_takes_the_only_offer(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]


@pytest.mark.parametrize("words", ["liye", "लिएँ"])
def test_taken_says_nothing_of_which_of_two(stage, words):
    offered(stage, "asha", "maya")

    told = said_to(stage.write("gita", words), "gita")

    assert count(stage, Fulfillment) == 0
    assert all(number in told[0] for number in ("१००१", "१००२"))


@pytest.mark.parametrize("words", ["liye", "लिएँ"])
def test_taken_answers_the_question_about_cash_when_nothing_is_offered(stage, words):
    stage.write("gita", on_the_way(stage))

    stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.DELIVERED]
    assert count(stage, Payment) == 1


def test_taken_beside_a_question_about_cash_and_an_offer_takes_the_offer(stage):
    stage.write("gita", on_the_way(stage))
    offered(stage, "maya")

    stage.write("gita", "liye")

    assert count(stage, Payment) == 0
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED, FulfillmentStatus.ACCEPTED]


@pytest.mark.parametrize("words", ["liena", "liye?", "liyo re", "liyo"])
def test_what_only_sounds_like_taken_takes_nothing(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert count(stage, Fulfillment) == 0


@pytest.mark.parametrize(
    "words",
    [
        "छैन सकियो",
        "chaina sakiyo",
        "mal chaina",
        "saman sakiyo",
        "स्टक छैन",
        "out of stock",
        "hudaina, stock chaina",
    ],
)
def test_out_of_stock_declines_the_only_offer_with_its_reason(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert offer_status(stage) is OfferStatus.DECLINED
    with stage.database.transaction() as session:
        assert session.scalars(select(Offer.decline_reason).order_by(Offer.id)).first() == "no_stock"


@pytest.mark.parametrize(
    "words",
    ["sakiyeko chaina", "mal chaina ki?", "sakiyo", "company bata aako chaina", "stock chaina: chini, tel"],
)
def test_what_may_be_something_else_declines_nothing(stage, words):
    offered(stage)

    arrived = stage.write("gita", words)

    assert offer_status(stage) is OfferStatus.OPEN
    assert said_to(arrived, "gita")


def test_out_of_stock_says_nothing_of_which_of_two(stage):
    offered(stage, "asha", "maya")

    told = said_to(stage.write("gita", "mal chaina"), "gita")

    assert count(stage, Offer, Offer.status == OfferStatus.DECLINED) == 0
    assert all(number in told[0] for number in ("१००१", "१००२"))


@pytest.mark.parametrize(
    "words", ["ho aayo 1500", "1500 aayo", "हो १५०० आयो", "yes, 1500 received", "hajur aayo 1500"]
)
def test_a_bare_sum_that_came_confirms_the_claim_of_just_that_sum(stage, words):
    claimed(stage, "1500 esewa ref AB12345 tire")

    stage.write("gita", words)

    assert count(stage, Payment) == 1
    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 0


@pytest.mark.parametrize("words", ["ho aayo 1200", "1200 matra aayo", "१२०० आयो"])
def test_another_sum_than_was_claimed_is_read_back(stage, words):
    claimed(stage, "1500 esewa ref AB12345 tire")

    told = said_to(stage.write("gita", words), "gita")

    assert count(stage, Payment) == 0
    assert "१,२००" in told[0]


@pytest.mark.parametrize("words", ["1001 aayo", "1001 matra aayo"])
def test_a_figure_that_is_an_orders_number_is_no_sum(stage, words):
    claimed(stage, "1500 esewa ref AB12345 tire")

    stage.write("gita", words)

    assert count(stage, Payment) == 0
    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 1


@pytest.mark.parametrize(
    "words",
    ["check bounce bhayo", "asha ko cheque firta aayo", "चेक बाउन्स भयो", "cheque bounced", "चेक साटिएन"],
)
def test_a_bounced_cheque_is_told_to_the_admins_and_changes_nothing(stage, words):
    claimed(stage, "1500 cheque no 778812 diye")
    stage.write("gita", "ho")
    before = count(stage, Payment)

    told = said_to(stage.write("gita", words), "gita")

    assert "बाउन्स" in told[0]
    assert count(stage, Payment) == before
    assert count(stage, InboundMessage, InboundMessage.needs_person) == 1


def test_a_cheque_that_bounced_before_it_was_confirmed_is_asked_about(stage):
    claimed(stage, "1500 cheque no 778812 diye")

    stage.write("gita", "check bounce bhayo")

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 1

    stage.tap("gita", 2)

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 0
    assert count(stage, Payment) == 0


@pytest.mark.parametrize("words", ["cheque bounce bhayena", "cheque bounce bhayo?"])
def test_a_cheque_that_did_not_bounce_is_nobodys_task(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert count(stage, InboundMessage, InboundMessage.needs_person) == 0


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("accept, but it takes 2 days", 2),
        ("accept. will take 3 days", 3),
        ("huncha tara 2 din lagcha", 2),
        ("हुन्छ, २ दिन लाग्छ", 2),
        ("1001 huncha tara parsi matra", 2),
        ("ok but only on sunday", 6),
        ("thik cha parsi pathauchu", 2),
    ],
)
def test_a_later_day_than_usual_is_read_back_before_it_is_promised(stage, words, days):
    offered(stage)

    arrived = stage.write("gita", words)

    assert count(stage, Fulfillment) == 0
    assert offer_status(stage) is OfferStatus.OPEN
    assert titles(arrived, "gita") == ["हो, पक्का", "होइन"]

    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert eta(stage).date() == in_days(stage, days).date()


@pytest.mark.parametrize(
    "words",
    [
        "accept tara bholi matra aaucha",
        "huncha bholi dinchu",
        "हुन्छ तर भोलि मात्र दिन्छु",
        "1001 accept but tomorrow only",
    ],
)
def test_tomorrow_is_as_usual_and_promised_at_once(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert eta(stage) == in_days(stage, 1)


def test_a_no_to_the_later_day_shows_the_offer_again(stage):
    offered(stage)
    stage.write("gita", "huncha tara 3 din lagcha")

    arrived = stage.write("gita", "hoina")

    assert count(stage, Fulfillment) == 0
    assert titles(arrived, "gita") == ["लिन्छु", "लिन्नँ", "केही मात्र"]

    stage.tap("gita", 1)

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert eta(stage) is None


def test_a_part_for_a_later_day_is_read_back_and_stays_a_part(stage):
    offered(stage)
    stage.write("gita", "1001 parsi chini 3 kg matra huncha")

    assert count(stage, Fulfillment) == 0

    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert eta(stage) == in_days(stage, 2)
    with stage.database.transaction() as session:
        assert session.scalars(select(Offer.status)).first() is OfferStatus.ACCEPTED


def test_two_offers_for_a_later_day_take_one_yes(stage):
    offered(stage, "asha", "maya")

    told = said_to(stage.write("gita", "1001 1002 huncha parsi"), "gita")

    assert count(stage, Fulfillment) == 0
    assert all(number in told[0] for number in ("१००१", "१००२"))

    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED] * 2


@pytest.mark.parametrize(
    "words",
    ["aaja hudaina bholi dinchu", "aaja sakdina, parsi pathauchu", "bholi matra dina sakchu"],
)
def test_what_is_put_off_promises_and_declines_nothing(stage, words):
    offered(stage)

    arrived = stage.write("gita", words)

    assert count(stage, Fulfillment) == 0
    assert offer_status(stage) is OfferStatus.OPEN
    assert titles(arrived, "gita") == ["लिन्छु", "लिन्नँ", "केही मात्र"]
