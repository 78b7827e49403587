"""A shop names whom it paid, puts the payee right, and takes back a payment that it told of."""

import pytest
from sqlalchemy import func, select

from core.credit.kinds import ClaimStatus
from core.credit.models import Invoice, Payment, PaymentClaim
from core.parties.models import Vendor
from tests.bot.dialogue.test_vendor_says import ORDER, on_the_way, said_to

GANESH, PATAN = "Shree Ganesh Khadya Bhandar", "Patan Kirana Suppliers"


def claims_of(stage, *states):
    """Amount in rupees, who is asked and whom the shop named, of the claims in these states."""
    with stage.database.transaction() as session:
        rows = session.scalars(
            select(PaymentClaim).where(PaymentClaim.status.in_(states)).order_by(PaymentClaim.id)
        ).all()
        names = {vendor.id: vendor.business_name for vendor in session.scalars(select(Vendor))}
        return [
            (row.amount_minor // 100, names.get(row.vendor_id), names.get(row.named_vendor_id))
            for row in rows
        ]


def open_claims(stage):
    return claims_of(stage, ClaimStatus.OPEN)


@pytest.fixture
def owing(stage):
    """Asha owes Gita (of Shree Ganesh) for one delivery, and Sunil (of Patan Kirana) for a later one."""
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("gita", "aaja banda")
    stage.write("asha", ORDER)
    stage.write("asha", "ho")
    stage.tap("sunil", 1)
    stage.write("sunil", "dispatch 1002")
    stage.write("sunil", stage.delivery_codes()[-1])
    with stage.database.transaction() as session:
        assert session.scalar(select(func.count(Invoice.vendor_id.distinct()))) == 2


@pytest.mark.parametrize(
    "words",
    [
        "paid 300 to Patan Kirana by esewa ref A1",
        "paid 300 esewa ref A1 to sunil",
        "sunil lai 300 esewa ref A1 tireko",
        "sunil dai lai 300 esewa ref A1 pathaye",
        "300 sunil ko esewa ma pathaye ref A1",
        "पाटन किराना सप्लायर्सलाई ३०० esewa ref A1 तिरेँ",
        "सुनिललाई ३०० इसेवा ref A1 तिरेँ",
        "patan suppliers 300 esewa ref A1",
    ],
)
def test_the_named_payee_is_asked(stage, owing, words):
    arrived = stage.write("asha", words)

    assert open_claims(stage) == [(300, PATAN, PATAN)]
    assert PATAN in said_to(arrived, "asha")[0]
    assert said_to(arrived, "sunil")
    assert not said_to(arrived, "gita")


@pytest.mark.parametrize("words", ["paid 300 esewa ref A1", "300 esewa ref A1 tireko"])
def test_without_a_name_the_oldest_invoice_tells_whom_to_ask(stage, owing, words):
    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, None)]


@pytest.mark.parametrize(
    "words",
    [
        "hoina sunil lai ho",
        "it was to sunil",
        "sunil lai",
        "haina, patan kirana lai ho",
        "सुनिललाई हो",
        "patan suppliers lai tireko ho",
    ],
)
def test_the_payee_is_put_right(stage, owing, words):
    stage.write("asha", "paid 300 cash")

    arrived = stage.write("asha", words)

    assert open_claims(stage) == [(300, PATAN, PATAN)]
    assert said_to(arrived, "sunil")
    assert any("300" in text or "३००" in text for text in said_to(arrived, "gita"))


@pytest.mark.parametrize(
    "words", ["sunil?", "sunil ko phone number", "ramesh lai ho", "sunil lai 2 carton wai wai"]
)
def test_a_name_that_is_no_payee_changes_nothing(stage, owing, words):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, None)]


def test_a_payee_named_with_the_sum_again_is_no_second_payment(stage, owing):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", "sunil lai 300 cash diyeko")

    assert open_claims(stage) == [(300, PATAN, PATAN)]


def test_the_payee_is_kept_while_way_and_number_are_asked(stage, owing):
    stage.write("asha", "sunil lai 300 tireko")
    stage.write("asha", "esewa")
    stage.write("asha", "A1B2")

    assert open_claims(stage) == [(300, PATAN, PATAN)]


@pytest.mark.parametrize(
    "words",
    [
        "payment hatau",
        "galat claim, hatau",
        "delete my claim",
        "mero payment cancel gara",
        "त्यो पेमेन्ट हटाउनुस्",
        "remove the 300 payment",
        "cancel payment A1B2",
        "esewa ko 300 hatau",
        "that claim was wrong, remove it",
    ],
)
def test_a_claim_is_taken_back_by_a_command(stage, owing, words):
    stage.write("asha", "paid 300 esewa ref A1B2")

    arrived = stage.write("asha", words)

    assert open_claims(stage) == []
    assert claims_of(stage, ClaimStatus.WITHDRAWN) == [(300, GANESH, None)]
    assert "300" in said_to(arrived, "asha")[0]
    assert said_to(arrived, "gita")
    # The number is free again: it was never booked.
    stage.write("asha", "paid 400 esewa ref A1B2")
    assert open_claims(stage) == [(400, GANESH, None)]


@pytest.mark.parametrize(
    "words",
    [
        "that payment didn't happen",
        "payment bhayena",
        "claim galat ho",
        "maile 300 tireko haina",
        "tyo 300 tireko chaina",
        "shall i cancel the payment?",
        "tyo A1B2 wala payment maile gareko chaina, radda gardinus",
    ],
)
def test_what_may_be_a_report_is_asked_about(stage, owing, words):
    stage.write("asha", "paid 300 esewa ref A1B2")

    (asked,) = said_to(stage.write("asha", words), "asha")

    assert open_claims(stage) == [(300, GANESH, None)]
    assert "300" in asked
    stage.write("asha", "yes")
    assert open_claims(stage) == []


@pytest.mark.parametrize("words", ["payment cancel nagarnus", "claim nahatau"])
def test_a_denied_command_keeps_the_claim(stage, owing, words):
    stage.write("asha", "paid 300 esewa ref A1B2")

    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, None)]


def test_of_several_claims_the_shop_chooses_one(stage, owing):
    stage.write("asha", "paid 300 esewa ref A1B2")
    stage.write("asha", "paid 200 cash")

    stage.write("asha", "payment hatau")
    assert len(open_claims(stage)) == 2
    stage.write("asha", "2")

    assert open_claims(stage) == [(300, GANESH, None)]


def test_what_the_wholesaler_confirmed_is_not_taken_back(stage, owing):
    stage.write("asha", "paid 300 esewa ref A1B2")
    stage.write("asha", "that payment didn't happen")
    stage.write("gita", "aayo")

    arrived = stage.write("asha", "yes")

    with stage.database.transaction() as session:
        assert session.scalar(select(func.count(Payment.id))) == 1
    assert claims_of(stage, ClaimStatus.CONFIRMED) == [(300, GANESH, None)]
    assert "confirmed" in said_to(arrived, "asha")[0]


@pytest.mark.parametrize(
    "words",
    [
        "sunil lai 200 esewa ref A1 ra 150 khalti ref B2 tireko", "200 esewa ref A1 ra 150 khalti ref B2 sunil lai tireko",
        "paid sunil 200 esewa ref A1 and 150 khalti ref B2",
    ],
)  # fmt: skip
def test_a_payee_named_once_holds_for_all_payments_of_the_sentence(stage, owing, words):
    stage.write("asha", words)

    assert sorted(open_claims(stage)) == [(150, PATAN, PATAN), (200, PATAN, PATAN)]


@pytest.mark.parametrize(
    "words", ["sorry not sunil, it was gita. ref NIC4471", "ref NIC4471, sunil lai hoina gita lai ho"]
)
def test_the_payee_is_put_right_beside_the_number_that_was_asked_for(stage, owing, words):
    stage.write("asha", "sunil lai 300 bank bata tireko")

    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, GANESH)]


@pytest.mark.parametrize(
    "words", ["sunil hoina gita lai ho", "not sunil, it was gita", "सुनिल होइन गीतालाई हो"]
)
def test_of_two_names_the_one_that_is_not_denied_is_the_payee(stage, owing, words):
    stage.write("asha", "sunil lai 300 cash tireko")

    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, GANESH)]


def test_a_payee_of_another_sentence_holds_for_its_own_payment(stage, owing):
    stage.write("asha", "200 esewa ref A1 tireko. sunil lai 150 khalti ref B2 tireko")

    assert sorted(open_claims(stage)) == [(150, PATAN, PATAN), (200, GANESH, None)]


@pytest.mark.parametrize(
    "words", ["30 matra ho", "30 ho", "hoina 30 matra", "sorry 30 only", "३० मात्र हो", "rs 30 thiyo"]
)
def test_the_sum_of_what_was_just_told_is_put_right(stage, owing, words):
    stage.write("asha", "sunil lai 300 cash tireko")

    stage.write("asha", words)

    assert open_claims(stage) == [(30, PATAN, PATAN)]


@pytest.mark.parametrize("words", ["30", "1001 ho", "30 kg chini", "30 matra ho?"])
def test_a_number_that_may_be_something_else_leaves_the_sum(stage, owing, words):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", words)

    assert open_claims(stage) == [(300, GANESH, None)]


def test_payee_and_sum_are_put_right_together(stage, owing):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", "sunil lai 400 nai ho")

    assert open_claims(stage) == [(400, PATAN, PATAN)]


def test_a_payee_above_what_is_owed_is_named_though_a_colleague_is_asked(stage, owing):
    (answer,) = said_to(stage.write("asha", "sunil lai 2500 cash tireko"), "asha")

    assert PATAN in answer
    assert "a colleague" in answer
