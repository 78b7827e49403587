"""What a shop says it paid becomes a payment only by the payee's word, once."""

import pytest
from sqlalchemy import func, select

from core.credit import queries, service
from core.credit.errors import ClaimAnswered, ClaimNeedsAdmin, ReferenceMissing, ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod, PaymentStatus, WhyAdmin
from core.credit.models import Payment, PaymentClaim
from core.credit.policy import ClaimSettings
from core.errors import NotAllowed, NotFound
from core.identity import SIGNS
from core.money import ZERO, rupees
from core.settings import service as settings
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    balances,
    days,
    deliver,
    events,
    owed,
    pay,
    retailer_actor,
    vendor_actor,
)


def claim(session, parties, amount=500, *, retailer=None, method="esewa", reference="AB 12", **more):
    retailer = retailer or parties.asha
    return service.claim_payment(
        session,
        retailer_id=retailer,
        method=PaymentMethod(method),
        reference=reference,
        amount=rupees(amount),
        actor=retailer_actor(retailer),
        now=NOW,
        **more,
    )


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_claim_is_only_a_claim_until_the_vendor_confirms(session, parties):
    invoice = deliver(session, parties, 500)

    claimed = claim(session, parties)

    assert (claimed.status, claimed.vendor_id) == (ClaimStatus.OPEN, parties.everest)
    assert owed(session, invoice) == rupees(500)
    assert events(session, "PaymentClaimed") == [
        {"claim_id": claimed.id, "retailer_id": parties.asha, "vendor_id": parties.everest}
    ]
    assert queries.open_claims_for_vendor(session, parties.everest) == [claimed]

    payment = service.confirm_claim(session, claimed.id, actor=vendor_actor(parties.everest), now=NOW)

    assert (claimed.status, claimed.payment_id) == (ClaimStatus.CONFIRMED, payment.id)
    assert (payment.vendor_id, owed(session, invoice)) == (parties.everest, ZERO)
    assert events(session, "PaymentPosted") == [
        {"payment_id": payment.id, "retailer_id": parties.asha, "claim_id": claimed.id}
    ]
    assert queries.open_claims_for_vendor(session, parties.everest) == []


def test_confirming_twice_returns_the_first_payment(session, parties):
    deliver(session, parties, 500)
    claimed = claim(session, parties)
    first = service.confirm_claim(session, claimed.id, actor=vendor_actor(parties.everest), now=NOW)

    again = service.confirm_claim(session, claimed.id, actor=ADMIN, now=NOW)

    assert again is first
    assert count(session, Payment) == 1


def test_an_admins_yes_means_the_money_reached_the_platform(session, parties):
    deliver(session, parties, 500)

    payment = service.confirm_claim(session, claim(session, parties).id, actor=ADMIN, now=NOW)

    assert payment.vendor_id is None
    assert balances(session)["bank", "esewa"] == 500


def test_to_others_the_claim_does_not_exist(session, parties):
    deliver(session, parties, 500)
    claimed = claim(session, parties)

    for actor in (vendor_actor(parties.himal), retailer_actor(parties.asha), vendor_actor(None)):
        with pytest.raises(NotFound):
            service.confirm_claim(session, claimed.id, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            service.reject_claim(session, claimed.id, reason="no", actor=actor, now=NOW)
    with pytest.raises(NotFound):
        queries.get_claim(session, claimed.id, actor=vendor_actor(parties.himal))
    with pytest.raises(NotFound):
        queries.get_claim(session, claimed.id, actor=retailer_actor(parties.bina))

    assert claimed.status is ClaimStatus.OPEN
    assert queries.get_claim(session, claimed.id, actor=retailer_actor(parties.asha)) is claimed
    assert count(session, Payment) == 0


def test_nobody_claims_for_another_shop(session, parties):
    for actor in (retailer_actor(parties.bina), vendor_actor(parties.everest)):
        with pytest.raises(NotAllowed):
            service.claim_payment(
                session,
                retailer_id=parties.asha,
                method=PaymentMethod.CASH,
                reference=None,
                amount=rupees(1),
                actor=actor,
                now=NOW,
            )

    assert count(session, PaymentClaim) == 0


def test_without_a_debt_only_an_admin_confirms_and_it_is_paid_ahead(session, parties):
    claimed = claim(session, parties)
    assert claimed.vendor_id is None
    with pytest.raises(NotFound):
        service.confirm_claim(session, claimed.id, actor=vendor_actor(None), now=NOW)

    service.confirm_claim(session, claimed.id, actor=ADMIN, now=NOW)

    assert queries.prepaid(session, parties.asha) == rupees(500)


def test_a_correction_replaces_the_open_claim(session, parties):
    first = claim(session, parties, 500)

    second = claim(session, parties, 550, reference="ab12")

    assert (first.status, second.status) == (ClaimStatus.REPLACED, ClaimStatus.OPEN)
    assert queries.open_claims_of_retailer(session, parties.asha) == [second]
    with pytest.raises(ClaimAnswered):
        service.confirm_claim(session, first.id, actor=ADMIN, now=NOW)


def test_a_corrected_reference_replaces_the_claim_it_names(session, parties):
    first = claim(session, parties, reference="WRONG")
    other = claim(session, parties, 100, reference="OTHER")

    second = claim(session, parties, reference="RIGHT", corrects=first.id)

    assert first.status is ClaimStatus.REPLACED
    assert queries.open_claims_of_retailer(session, parties.asha) == [other, second]


def test_nobody_replaces_another_shops_claim(session, parties):
    bina = claim(session, parties, retailer=parties.bina, reference="B1")
    session.commit()

    for corrects in (bina.id, bina.id + 1_000):
        with pytest.raises(NotFound):
            claim(session, parties, reference="A1", corrects=corrects)

    session.refresh(bina)
    assert bina.status is ClaimStatus.OPEN
    assert queries.open_claims_of_retailer(session, parties.asha) == []


@pytest.mark.parametrize(
    "typed", ["ҒԜ12", "FW12\u200b", "\u202aFW12\u202c", "ＦＷ１２", "fw 12", "FW\u00ad12"]
)
def test_a_reference_that_reads_the_same_is_contested(session, parties, typed):
    claim(session, parties, retailer=parties.bina, reference="FW12")
    session.commit()

    second = claim(session, parties, reference=typed)

    assert second.status is ClaimStatus.CONTESTED
    assert second.reference_key == "fw12"


@pytest.mark.parametrize(
    "typed",
    ["AB12.", "#AB12", "ab/12", "A.B.12", "AB 12:", "-AB12-", *(f"AB{sign}12" for sign in sorted(SIGNS))],
)
def test_a_reference_with_other_signs_is_the_same_money(session, parties, typed):
    first = claim(session, parties, 500, reference="AB12")
    session.commit()

    assert claim(session, parties, 500, reference=typed) is first
    second = claim(session, parties, 500, retailer=parties.bina, reference=typed)
    session.commit()
    service.confirm_claim(session, first.id, actor=ADMIN, now=NOW)
    third = claim(session, parties, 500, retailer=parties.bina, reference=typed)

    assert (second.status, third is second) == (ClaimStatus.CONTESTED, True)
    with pytest.raises(ReferenceTaken):
        claim(session, parties, 500, reference=typed)


def test_what_was_booked_for_another_under_other_signs_meanwhile_is_not_confirmed(session, parties):
    own = claim(session, parties, 500, reference="AB12")
    pay(session, parties.bina, 500, reference="AB-12")

    with pytest.raises(ReferenceTaken):
        service.confirm_claim(session, own.id, actor=ADMIN, now=NOW)

    assert own.status is ClaimStatus.OPEN


def test_the_same_claim_again_is_the_first_one(session, parties):
    first = claim(session, parties, 500)

    assert claim(session, parties, 500, reference="ab12") is first
    assert len(events(session, "PaymentClaimed")) == 1


def test_a_second_cash_claim_stands_beside_the_first(session, parties):
    first = claim(session, parties, 500, method="cash", reference=None)

    second = claim(session, parties, 400, method="cash", reference=None)

    assert (first.status, second.status) == (ClaimStatus.OPEN, ClaimStatus.OPEN)


def test_a_correction_takes_the_place_of_the_claim_it_corrects(session, parties):
    deliver(session, parties, 1_000)
    first = claim(session, parties, 500)

    right = claim(session, parties, 600, reference=first.reference, corrects=first.id)

    assert (first.status, right.status) == (ClaimStatus.REPLACED, ClaimStatus.OPEN)
    assert (right.amount_minor, right.method, right.reference) == (60_000, first.method, first.reference)
    with pytest.raises(ClaimAnswered):
        claim(session, parties, 700, reference=first.reference, corrects=first.id)
    assert right.status is ClaimStatus.OPEN


def test_a_contested_correction_leaves_the_claim_it_corrects_open(session, parties):
    claim(session, parties, retailer=parties.bina, reference="B1")
    session.commit()
    own = claim(session, parties, 500, reference="A1")

    contested = claim(session, parties, 500, reference="B1", corrects=own.id)

    assert (contested.status, own.status) == (ClaimStatus.CONTESTED, ClaimStatus.OPEN)
    assert (own.answered_by, own.answered_at) == (None, None)


def test_a_bounced_cheque_may_be_presented_again(session, parties):
    deliver(session, parties, 500)
    first = claim(session, parties, 500, method="cheque", reference="C77")
    payment = service.confirm_claim(session, first.id, actor=ADMIN, now=NOW)
    service.bounce_cheque(session, payment.id, reason="no funds", actor=ADMIN, now=NOW)

    again = claim(session, parties, 500, method="cheque", reference="C77")

    assert (first.status, again.status) == (ClaimStatus.BOUNCED, ClaimStatus.OPEN)
    assert service.confirm_claim(session, again.id, actor=ADMIN, now=NOW).id != payment.id
    with pytest.raises(ClaimAnswered):
        service.confirm_claim(session, first.id, actor=ADMIN, now=NOW)


def test_the_vendor_is_asked_for_no_more_than_the_shop_owes_it(session, parties):
    deliver(session, parties, 500)
    deliver(session, parties, 2_000, vendor=parties.himal, at=NOW + days(1))

    assert claim(session, parties, 501, reference="A1").vendor_id is None
    assert claim(session, parties, 500, reference="A2").vendor_id == parties.everest


def test_two_claims_together_do_not_pass_what_is_owed_to_the_vendor(session, parties):
    deliver(session, parties, 500)

    first, second = claim(session, parties, 400, reference="A1"), claim(session, parties, 200, reference="A2")

    assert (first.vendor_id, second.vendor_id) == (parties.everest, None)


def test_a_vendors_yes_books_nothing_beyond_what_is_owed_to_it_by_then(session, parties):
    deliver(session, parties, 500)
    deliver(session, parties, 500, vendor=parties.himal)
    said = claim(session, parties, 500)
    pay(session, parties.asha, 400, reference="other")

    with pytest.raises(ClaimNeedsAdmin) as refused:
        service.confirm_claim(session, said.id, actor=vendor_actor(parties.everest), now=NOW)

    assert refused.value.facts == {
        "reason": WhyAdmin.MORE_THAN_OWED,
        "amount": rupees(500),
        "owed": rupees(100),
    }
    assert (said.status, count(session, Payment)) == (ClaimStatus.OPEN, 1)


def test_a_vendors_yes_pays_that_vendors_invoices_alone(session, parties):
    deliver(session, parties, 100)
    others = deliver(session, parties, 300, vendor=parties.himal, at=NOW + days(1))
    own = deliver(session, parties, 300, at=NOW + days(2))
    said = claim(session, parties, 250)

    service.confirm_claim(session, said.id, actor=vendor_actor(parties.everest), now=NOW)

    assert (owed(session, others), owed(session, own)) == (rupees(300), rupees(150))


def test_above_the_ceiling_an_admin_looks_whoever_is_owed(session, parties):
    deliver(session, parties, 900)
    settings.change(
        session,
        ClaimSettings,
        {"ceiling_minor": 50_000},
        seen_version=0,
        reason="careful",
        actor=ADMIN,
        now=NOW,
    )

    assert claim(session, parties, 500).vendor_id == parties.everest
    assert claim(session, parties, 501, reference="B").vendor_id is None


def test_a_second_shop_with_the_same_reference_is_refused_and_told_on(session, parties):
    claim(session, parties)
    session.commit()

    contested = claim(session, parties, retailer=parties.bina, reference="a b12")
    again = claim(session, parties, retailer=parties.bina, reference="a b12")

    assert contested.status is ClaimStatus.CONTESTED
    assert again is contested
    assert events(session, "ClaimContested") == [{"claim_id": contested.id, "retailer_id": parties.bina}]
    assert len(events(session, "PaymentClaimed")) == 1
    with pytest.raises(ClaimAnswered):
        service.confirm_claim(session, contested.id, actor=ADMIN, now=NOW)


def test_a_rejected_reference_is_free_for_the_shop_that_really_paid(session, parties):
    wrong = claim(session, parties)
    session.commit()
    claim(session, parties, retailer=parties.bina)
    session.commit()
    service.reject_claim(session, wrong.id, reason="not from you", actor=ADMIN, now=NOW)
    session.commit()

    assert claim(session, parties, retailer=parties.bina).status is ClaimStatus.OPEN


def test_a_reference_that_another_shops_payment_has_is_contested(session, parties):
    pay(session, parties.asha, 500, reference="AB12")
    session.commit()

    assert claim(session, parties, retailer=parties.bina).status is ClaimStatus.CONTESTED


def test_what_was_booked_already_is_not_claimed_again(session, parties):
    service.confirm_claim(session, claim(session, parties).id, actor=ADMIN, now=NOW)

    with pytest.raises(ReferenceTaken):
        claim(session, parties, reference="ab12")

    assert count(session, PaymentClaim) == 1


def test_every_method_but_cash_needs_a_reference(session, parties):
    with pytest.raises(ReferenceMissing):
        claim(session, parties, reference=" ")

    assert claim(session, parties, method="cash", reference=None).status is ClaimStatus.OPEN


def test_a_rejected_claim_is_told_once_and_pays_nothing(session, parties):
    invoice = deliver(session, parties, 500)
    claimed = claim(session, parties)

    for _ in range(2):
        service.reject_claim(
            session, claimed.id, reason="did not arrive", actor=vendor_actor(parties.everest), now=NOW
        )

    assert (claimed.status, claimed.reject_reason) == (ClaimStatus.REJECTED, "did not arrive")
    assert owed(session, invoice) == rupees(500)
    assert events(session, "ClaimRejected") == [{"claim_id": claimed.id, "retailer_id": parties.asha}]
    with pytest.raises(ClaimAnswered):
        service.confirm_claim(session, claimed.id, actor=ADMIN, now=NOW)


def test_a_confirmed_claim_cannot_be_rejected(session, parties):
    claimed = claim(session, parties)
    service.confirm_claim(session, claimed.id, actor=ADMIN, now=NOW)

    with pytest.raises(ClaimAnswered):
        service.reject_claim(session, claimed.id, reason="changed my mind", actor=ADMIN, now=NOW)

    assert claimed.status is ClaimStatus.CONFIRMED


def test_a_claim_finds_the_payment_that_an_admin_booked_meanwhile(session, parties):
    deliver(session, parties, 500)
    claimed = claim(session, parties)
    booked = pay(session, parties.asha, 500, reference="ab12")

    confirmed = service.confirm_claim(session, claimed.id, actor=vendor_actor(parties.everest), now=NOW)

    assert confirmed is booked
    assert (claimed.status, count(session, Payment)) == (ClaimStatus.CONFIRMED, 1)


def test_a_claim_for_another_amount_than_was_booked_stays_open(session, parties):
    claimed = claim(session, parties, 500)
    pay(session, parties.asha, 400, reference="ab12")

    with pytest.raises(ReferenceTaken):
        service.confirm_claim(session, claimed.id, actor=ADMIN, now=NOW)

    assert claimed.status is ClaimStatus.OPEN


def test_a_claimed_cheque_waits_for_clearance(session, parties):
    invoice = deliver(session, parties, 500)
    claimed = claim(session, parties, method="cheque")

    payment = service.confirm_claim(session, claimed.id, actor=vendor_actor(parties.everest), now=NOW)

    assert (payment.status, owed(session, invoice)) == (PaymentStatus.AWAITING_CLEARANCE, rupees(500))
    assert claimed.status is ClaimStatus.CONFIRMED

    service.clear_cheque(session, payment.id, actor=vendor_actor(parties.everest), now=NOW)
    assert events(session, "PaymentPosted") == [
        {"payment_id": payment.id, "retailer_id": parties.asha, "claim_id": claimed.id}
    ]
