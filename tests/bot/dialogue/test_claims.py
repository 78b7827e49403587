"""What a vendor says of payments that shops say they made."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot import notifications, sending
from bot.channels.types import Failure, SendRefused
from bot.sweep import SWEEPING
from core.actor import Actor, ActorKind, Via
from core.credit import service as credit
from core.credit.kinds import ClaimStatus
from core.credit.models import Payment, PaymentClaim
from core.events import NoticeUndelivered
from core.orders.kinds import ShortageStatus
from core.orders.models import Shortage
from core.outbox.models import Event
from core.refs import UserId
from tests.bot.dialogue.test_vendor_says import count, offered, on_the_way, said_to

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(1))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("aayo", ClaimStatus.CONFIRMED),
        ("paisa aayo", ClaimStatus.CONFIRMED),
        ("आयो", ClaimStatus.CONFIRMED),
        ("aayena", ClaimStatus.REJECTED),
        ("bholi aaucha", ClaimStatus.OPEN),
    ],
)
def test_a_claim_is_settled_in_plain_words(stage, words, status):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)

    with stage.database.transaction() as session:
        assert session.scalars(select(PaymentClaim)).one().status is status


@pytest.mark.parametrize(
    "words",
    [
        "customer aayo",
        "aadha matra aayo",
        "maya ko aayo",
        "ram ko aayo",
        "pura aayena",
        "chini aayo",
        "ABC999 aayo",
        "aayo re",
    ],
)
def test_a_claim_is_not_settled_by_words_about_somebody_or_something_else(stage, words):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 1
    assert count(stage, Payment) == 0


@pytest.mark.parametrize("words", ["asha ko aayo", "ABC123 bhetyo", "gurung ko 500 aayo"])
def test_a_claim_is_named_by_its_shop_or_reference_and_read_back(stage, words):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)
    assert count(stage, Payment) == 0
    stage.write("gita", "ho")

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.CONFIRMED) == 1


@pytest.mark.parametrize(
    ("words", "paisa"),
    [("300 matra aayo", 30_000), ("only 300 came", 30_000), ("६०० आयो", 60_000), ("paisa 450 aayo", 45_000)],
)
def test_another_sum_than_was_claimed_is_read_back_and_booked_after_a_yes(stage, words, paisa):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)
    assert count(stage, Payment) == 0
    arrived = stage.write("gita", "ho")

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [paisa]
        assert session.scalars(select(PaymentClaim)).one().status is ClaimStatus.CONFIRMED
    assert "Rs. 500.00" in said_to(arrived, "asha")[0]


@pytest.mark.parametrize(
    ("words", "rupees"),
    [
        ("aayo tara 300 matra", 300),
        ("500 haina 300 aayo", 300),
        ("pura aayena, 300 aayo", 300),
        ("आयो, तर ५०० होइन ३०० मात्र", 300),
        ("mil gaya lekin 200 kam", 300),
        ("it came. but 200 is missing", 300),
        ("yes but only 300", 300),
        ("ho tara 300 matra", 300),
        ("300", 300),
        ("३०० मात्र", 300),
        ("200 kam", 300),
    ],
)
def test_a_word_that_makes_less_of_a_payment_is_read_back_and_books_only_that(stage, words, rupees):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)
    assert count(stage, Payment) == 0
    stage.write("gita", "ho")

    with stage.database.transaction() as session:
        assert [payment.amount_minor for payment in session.scalars(select(Payment))] == [rupees * 100]


@pytest.mark.parametrize(
    "words",
    [
        "paisa ta aayo tara asha ko haina arkai pasal ko ho jasto cha",
        "aayo tara esewa ma haina bank ma",
        "received but not from them",
        "got it. i am not sure whose it is",
        "आयो\nतर कसको हो थाहा छैन",
        "mil gaya magar khalti se",
        "aayo tara aaja haina hijo",
        "aayo, check garnu parcha",
        "aayo tara half matra",
    ],
)
def test_a_payer_a_way_or_a_doubt_beside_it_settles_nothing_and_is_read_out(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 500 esewa ref ABC123")

    told = said_to(stage.write("gita", words), "gita")[0]

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 1
    assert count(stage, Payment) == 0
    assert "५००" in told


@pytest.mark.parametrize("words", ["500", "500 ho", "हजुर ५००", "aayo, dhanyabad", "paisa aayo hai thank you"])
def test_the_claimed_sum_alone_and_a_polite_word_beside_it_are_a_yes(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", words)

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.CONFIRMED) == 1


@pytest.mark.parametrize("words", ["300 matra aayo", "aayo tara 300 matra", "500 haina 300 aako ho"])
def test_less_than_what_is_booked_goes_to_a_person(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 500 esewa ref ABC123")
    stage.write("gita", "aayo")

    told = said_to(stage.write("gita", words), "gita")

    assert "साथीलाई भनेको छु" in told[0]
    assert count(stage, Payment) == 1


def test_of_a_payment_that_was_booked_as_less_the_booked_sum_is_told(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 500 esewa ref ABC123")
    stage.write("gita", "aayo tara 300 matra")
    stage.write("gita", "ho")

    (same,) = said_to(stage.write("gita", "300 aayo"), "gita")
    (less,) = said_to(stage.write("gita", "200 matra aayo"), "gita")

    assert "३००" in same
    assert "साथीलाई" not in same
    assert "३००" in less
    assert "साथीलाई भनेको छु" in less
    assert count(stage, Payment) == 1


def claimed_by_shops(stage):
    """Three claims of Asha and Maya, one after the other, as they pay what they owe to Gita."""
    offered(stage, "asha", "maya")
    stage.write("gita", "sabai hunxa")
    stage.tap("gita", 1)
    stage.write("gita", "dispatch 1001 1002")
    for code in stage.delivery_codes():
        stage.write("gita", code)
    for shop, amount in (("asha", 500), ("maya", 700), ("asha", 300)):
        stage.write(shop, f"paid {amount} esewa ref REF{amount}")


def amounts(stage, status):
    with stage.database.transaction() as session:
        found = select(PaymentClaim.amount_minor).where(PaymentClaim.status == status)
        return sorted(session.scalars(found))


def test_claims_that_follow_each_other_are_told_as_one_list(stage):
    claimed_by_shops(stage)

    told = said_to(stage.wait(dt.timedelta(minutes=3)), "gita")

    assert len(told) == 1
    assert all(amount in told[0] for amount in ("रु. ५००.००", "रु. ७००.००", "रु. ३००.००"))


def test_the_list_is_answered_in_words_and_booked_after_one_yes(stage):
    claimed_by_shops(stage)
    stage.wait(dt.timedelta(minutes=3))

    read = stage.write("gita", "1 ra 2 aayo, 3 aayena")
    assert amounts(stage, ClaimStatus.CONFIRMED) == []
    assert "रु. १,२००.००" in said_to(read, "gita")[0]

    stage.write("gita", "ho")

    assert amounts(stage, ClaimStatus.CONFIRMED) == [50_000, 70_000]
    assert amounts(stage, ClaimStatus.REJECTED) == [30_000]


@pytest.mark.parametrize("words", ["sabai aayo?", "bholi sabai aaucha", "aayo"])
def test_the_list_books_nothing_on_a_question_or_an_open_word(stage, words):
    claimed_by_shops(stage)
    stage.wait(dt.timedelta(minutes=3))

    stage.write("gita", words)

    assert amounts(stage, ClaimStatus.OPEN) == [30_000, 50_000, 70_000]


def test_a_yes_after_the_list_was_shown_again_books_nothing_that_was_read_back_before(stage):
    claimed_by_shops(stage)
    stage.wait(dt.timedelta(minutes=3))
    stage.write("gita", "1 aayo")
    stage.write("gita", "claims")

    stage.write("gita", "ho")

    assert amounts(stage, ClaimStatus.OPEN) == [30_000, 50_000, 70_000]


class Deaf:
    """The phones of the stage, where templates are not approved: nobody can be told anything of their own accord."""

    def send(self, _to, _message, *, outbox_ref):  # noqa: ARG002 - as called
        return SendRefused(code=None, failure=Failure.CONFIG, permanent=False, detail="not approved")


@pytest.fixture
def untold(stage):
    """The list of three claims waits, because it could not be sent."""
    claimed_by_shops(stage)
    told = stage.handlers["send_notices"]
    stage.handlers["send_notices"] = sending.sending_notices(Deaf(), notifications.why_obsolete)
    assert said_to(stage.wait(dt.timedelta(minutes=3)), "gita") == []
    stage.handlers["send_notices"] = told
    return stage


def rejected_by_admin(stage, *amounts):
    for amount in amounts:
        with stage.database.transaction() as session:
            claim = session.scalars(select(PaymentClaim).where(PaymentClaim.amount_minor == amount)).one()
            credit.reject_claim(session, claim.id, reason="no such money", actor=ADMIN, now=stage.now)


def about_claims(arrived):
    return [text for text in said_to(arrived, "gita") if "रु." in text]


def test_a_list_of_claims_that_were_all_answered_meanwhile_is_not_sent(untold):
    rejected_by_admin(untold, 50_000, 70_000, 30_000)

    assert about_claims(untold.write("gita", "namaste")) == []


def test_a_list_of_claims_of_which_some_were_answered_is_made_anew(untold):
    rejected_by_admin(untold, 70_000)

    (told,) = about_claims(untold.write("gita", "namaste"))

    assert "रु. ८००.००" in told
    assert all(amount in told for amount in ("रु. ५००.००", "रु. ३००.००"))
    assert "रु. ७००.००" not in told
    assert about_claims(untold.wait(dt.timedelta(hours=1))) == []


def test_a_claim_that_is_left_of_a_list_and_was_told_by_itself_is_not_told_twice(untold):
    rejected_by_admin(untold, 70_000, 30_000)

    assert about_claims(untold.write("gita", "namaste")) == []


def test_an_admin_sees_a_list_of_claims_that_nobody_got(untold):
    untold.now += dt.timedelta(minutes=11)
    with untold.database.transaction() as session:
        SWEEPING.act(session, {}, untold.now)
    with untold.database.transaction() as session:
        undelivered = session.scalars(select(Event).where(Event.name == NoticeUndelivered.name())).all()
        assert [event.payload["cause"] for event in undelivered] == ["ClaimsWaiting"]
        assert undelivered[0].payload["vendor_id"] is not None


def a_claim_that_was(stage, answer):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")
    stage.write("gita", answer)


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [
        ("aayo", "galti bhayo, paisa aayeko raina chha", ClaimStatus.CONFIRMED),
        ("aayo", "पैसा आएको रहेनछ", ClaimStatus.CONFIRMED),
        ("aayo", "sorry 500 not received", ClaimStatus.CONFIRMED),
        ("aayena", "ho aayo bhanchan bahini", ClaimStatus.REJECTED),
        ("aayena", "paisa aa gaya", ClaimStatus.REJECTED),
    ],
)
def test_a_word_against_an_answer_goes_to_a_person_and_moves_nothing(stage, answer, words, status):
    a_claim_that_was(stage, answer)
    booked = count(stage, Payment)

    told = said_to(stage.write("gita", words), "gita")

    assert "साथीलाई भनेको छु" in told[0]
    assert count(stage, PaymentClaim, PaymentClaim.status == status) == 1
    assert count(stage, Payment) == booked


def test_the_same_answer_twice_is_told_where_it_stands(stage):
    a_claim_that_was(stage, "aayo")

    (told,) = said_to(stage.write("gita", "paisa aayo"), "gita")

    assert "साथीलाई" not in told
    assert count(stage, Payment) == 1


def test_a_yes_after_words_about_a_payment_agrees_to_no_shortage(stage):
    a_claim_that_was(stage, "aayena")
    stage.write("asha", "1001 ma 2 packet wai wai kam aayo")
    stage.write("gita", "ho aayo bhanchan bahini")

    (asked,) = said_to(stage.write("gita", "sahi ho"), "gita")

    assert count(stage, Shortage, Shortage.status == ShortageStatus.OPEN) == 1
    assert "१००१" in asked

    stage.write("gita", "ho")
    assert count(stage, Shortage, Shortage.status == ShortageStatus.OPEN) == 0


def test_a_claim_that_an_admin_rejected_is_not_said_to_be_the_wholesalers_word(stage):
    stage.write("asha", "paid 500 by khalti to gita, ref KX900")
    with stage.database.transaction() as session:
        claim = session.scalars(select(PaymentClaim)).one()
        credit.reject_claim(session, claim.id, reason="no such transfer", actor=ADMIN, now=stage.now)

    (told,) = said_to(stage.follow(), "asha")

    assert told.startswith("We didn't find your Rs. 500.00")
    assert "“no such transfer”" in told
    assert "wholesaler" not in told
