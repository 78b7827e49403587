"""Many at once: the limit holds, money is posted once, invoice numbers have no gap, and the books agree afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.credit import queries, service
from core.credit.correction_models import CorrectionRequest
from core.credit.errors import (
    ApprovalNeeded,
    ClaimAnswered,
    CorrectionAnswered,
    CreditRefused,
    HoldTooSmall,
    PostingReversed,
    ReferenceTaken,
    SettlementHeld,
)
from core.credit.kinds import ClaimStatus, PaymentMethod, PostingKind
from core.credit.models import (
    CreditAccount,
    CreditHold,
    Invoice,
    LedgerAccount,
    Payment,
    PaymentClaim,
    Posting,
)
from core.credit.service import holds
from core.money import ZERO, Money, rupees, total
from core.parties.models import Role
from core.parties.service import create_user
from tests.services.credit import parties as people
from tests.services.credit.parties import ADMIN, NOW, retailer_actor, vendor_actor
from tests.waiting import wait_for_locks


@pytest.fixture
def database(fresh_database):
    """Real commits; whatever a test did at once, the nightly check finds nothing afterwards."""
    yield fresh_database.database
    with fresh_database.database.transaction() as session:
        assert queries.find_differences(session) == []


@pytest.fixture
def parties(database):
    """Asha may owe 10,000, Bina 100,000."""
    with database.transaction() as session:
        made = people.create_parties(session)
        service.open_account(session, made.asha, limit=rupees(10_000), actor=ADMIN, now=NOW)
        service.open_account(session, made.bina, limit=rupees(100_000), actor=ADMIN, now=NOW)
    return made


def at_once(database, works):
    """Run each work in a transaction of its own at the same moment: what it returned, or the refusal it raised."""
    barrier = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(number, work):
        barrier.wait(timeout=10)
        try:
            with database.transaction() as session:
                results[number] = work(session)
        except (
            ApprovalNeeded,
            CorrectionAnswered,
            CreditRefused,
            PostingReversed,
            ReferenceTaken,
            SettlementHeld,
        ) as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results


def prepare(database, work):
    with database.transaction() as session:
        return work(session)


def place_orders(database, retailer_id, count):
    return prepare(database, lambda session: [people.place_order(session, retailer_id) for _ in range(count)])


def holding(order_id, retailer_id, amount):
    def work(session):
        return service.place_hold(
            session, order_id=order_id, retailer_id=retailer_id, amount=rupees(amount), now=NOW
        ).id

    return work


def test_twenty_orders_against_a_limit_for_ten_give_ten_holds(database, parties):
    orders = place_orders(database, parties.asha, 20)

    results = at_once(database, [holding(order_id, parties.asha, 1_000) for order_id in orders])

    refused = [result for result in results if isinstance(result, CreditRefused)]
    assert len(refused) == 10
    assert {(one.reason, one.available, one.shortfall) for one in refused} == {
        ("limit_exceeded", ZERO, rupees(1_000))
    }
    with database.transaction() as session:
        open_holds = session.scalars(select(CreditHold)).all()
        standing = queries.standing(session, parties.asha, now=NOW)
    assert len(open_holds) == 10
    assert standing.held == total(holds.open_part(hold) for hold in open_holds) == rupees(10_000)
    assert (standing.posted, standing.available) == (ZERO, ZERO)


def test_one_order_asked_for_by_many_is_held_once(database, parties):
    (order_id,) = place_orders(database, parties.asha, 1)

    results = at_once(database, [holding(order_id, parties.asha, 4_000)] * 8)

    assert len(set(results)) == 1
    with database.transaction() as session:
        assert queries.standing(session, parties.asha, now=NOW).held == rupees(4_000)


def test_an_order_released_and_captured_at_once_resolves_once(database, parties):
    def arrange(session):
        order_id = people.place_order(session, parties.asha)
        holding(order_id, parties.asha, 4_000)(session)
        goods = people.delivery(
            session,
            parties,
            retailer=parties.asha,
            vendor=parties.everest,
            order_id=order_id,
            lines=[people.line(parties.rice, 1, 3_000)],
        )
        return order_id, goods

    order_id, goods = prepare(database, arrange)
    barrier = threading.Barrier(2)

    def deliver():
        barrier.wait(timeout=10)
        with suppress(HoldTooSmall), database.transaction() as session:
            service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    def cancel():
        barrier.wait(timeout=10)
        with database.transaction() as session:
            service.release_hold(session, order_id=order_id, cause="order canceled", now=NOW)

    threads = [threading.Thread(target=work) for work in (deliver, cancel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()

    with database.transaction() as session:
        hold = session.scalars(select(CreditHold)).one()
        standing = queries.standing(session, parties.asha, now=NOW)
    assert hold.captured_minor + hold.released_minor == hold.amount_minor
    assert (standing.posted.minor, standing.held) == (hold.captured_minor, ZERO)
    assert hold.captured_minor in {0, 300_000}


def test_one_claim_confirmed_by_many_is_one_payment(database, parties):
    def arrange(session):
        people.deliver(session, parties, 500)
        return service.claim_payment(
            session,
            retailer_id=parties.asha,
            method=PaymentMethod.ESEWA,
            reference="E1",
            amount=rupees(500),
            actor=retailer_actor(parties.asha),
            now=NOW,
        ).id

    claim_id = prepare(database, arrange)

    def confirm(session):
        return service.confirm_claim(session, claim_id, actor=vendor_actor(parties.everest), now=NOW).id

    results = at_once(database, [confirm] * 8)

    assert len(set(results)) == 1
    with database.transaction() as session:
        assert len(session.scalars(select(Payment)).all()) == 1
        assert queries.standing(session, parties.asha, now=NOW).owed == ZERO


def test_a_claim_that_is_confirmed_while_its_shop_withdraws_it_stays_confirmed(database, parties):
    def arrange(session):
        people.deliver(session, parties, 500)
        return service.claim_payment(
            session,
            retailer_id=parties.asha,
            method=PaymentMethod.ESEWA,
            reference="E1",
            amount=rupees(500),
            actor=retailer_actor(parties.asha),
            now=NOW,
        ).id

    claim_id = prepare(database, arrange)

    def withdraw():
        with database.transaction() as session:
            # As a turn does: the claim was looked at before the shop's word was acted on.
            seen = session.get_one(PaymentClaim, claim_id)
            service.withdraw_claim(session, seen.id, actor=retailer_actor(parties.asha), now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            service.confirm_claim(session, claim_id, actor=vendor_actor(parties.everest), now=NOW)
            withdrawing = pool.submit(withdraw)
            wait_for_locks(database)
        with pytest.raises(ClaimAnswered):
            withdrawing.result(timeout=10)

    with database.transaction() as session:
        assert session.get_one(PaymentClaim, claim_id).status is ClaimStatus.CONFIRMED


# The same reference to whoever reads it; the second pair only without its signs, which the key keeps.
SAME = [("K 1", "K 1"), ("K-1", "#K1.")]


@pytest.mark.parametrize("references", SAME)
def test_two_shops_that_claim_one_reference_at_once_cannot_both_have_it(database, parties, references):
    def claiming(retailer_id, reference):
        def work(session):
            return service.claim_payment(
                session,
                retailer_id=retailer_id,
                method=PaymentMethod.KHALTI,
                reference=reference,
                amount=rupees(500),
                actor=retailer_actor(retailer_id),
                now=NOW,
            ).status

        return work

    works = [claiming(*one) for one in zip((parties.asha, parties.bina), references, strict=True)]
    results = at_once(database, works)

    assert sorted(results) == [ClaimStatus.CONTESTED, ClaimStatus.OPEN]


@pytest.mark.parametrize("references", [("FT 9",) * 4, ("FT9", "FT-9", "#FT9", "FT/9")])
def test_one_reference_recorded_for_two_shops_at_once_pays_once(database, parties, references):
    shops = (parties.asha, parties.bina, parties.asha, parties.bina)
    results = at_once(
        database,
        [
            lambda session, shop=shop, reference=reference: (
                people.pay(session, shop, 500, reference=reference).id
            )
            for shop, reference in zip(shops, references, strict=True)
        ],
    )

    assert sum(isinstance(result, ReferenceTaken) for result in results) == 3
    with database.transaction() as session:
        assert len(session.scalars(select(Payment)).all()) == 1


def test_payments_and_deliveries_at_once_keep_every_paisa(database, parties):
    def arrange(session):
        goods = []
        for _ in range(6):
            order_id = people.place_order(session, parties.asha)
            holding(order_id, parties.asha, 1_000)(session)
            goods.append(
                people.delivery(
                    session,
                    parties,
                    retailer=parties.asha,
                    vendor=parties.everest,
                    order_id=order_id,
                    lines=[people.line(parties.rice, 1, 1_000)],
                )
            )
        return goods

    goods = prepare(database, arrange)

    at_once(
        database,
        [
            lambda session, one=one: service.post_delivery(
                session, one, actor=vendor_actor(parties.everest), now=NOW
            )
            for one in goods
        ]
        + [lambda session: people.pay(session, parties.asha, "1234.56")] * 5,
    )

    # 6,000 bought and 6,172.80 paid: whatever came first, 172.80 is paid ahead and nothing is owed.
    with database.transaction() as session:
        standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.owed, standing.held, standing.prepaid) == (ZERO, ZERO, rupees("172.80"))


def test_invoice_numbers_have_no_gap_and_no_double_also_after_rollbacks(database, parties):
    """Half of the deliveries roll back after they had taken a number; two shops share the vendor."""

    class Torn(Exception):
        """The transaction ends after the invoice was written."""

    def delivering(number):
        shop = (parties.asha, parties.bina)[number % 2]

        def work(session):
            people.deliver_for_cash(session, parties, 10, received=True, retailer=shop)
            if number % 4 >= 2:
                raise Torn

        return work

    def run(number, barrier):
        barrier.wait(timeout=10)
        with suppress(Torn), database.transaction() as session:
            delivering(number)(session)

    barrier = threading.Barrier(12)
    threads = [threading.Thread(target=run, args=[number, barrier]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()

    with database.transaction() as session:
        serials = sorted(session.scalars(select(Invoice.serial)))
    assert serials == [1, 2, 3, 4, 5, 6]


def test_a_shops_first_dealings_at_once_open_one_account_of_each_kind(database, parties):
    def arrange(session):
        (shop,) = people.more_shops(session, 1)
        return shop

    shop = prepare(database, arrange)

    at_once(database, [lambda session: people.pay(session, shop, 1).id] * 6)

    with database.transaction() as session:
        accounts = session.scalars(select(CreditAccount).where(CreditAccount.retailer_id == shop)).all()
        books = session.scalars(select(LedgerAccount).where(LedgerAccount.retailer_id == shop)).all()
        assert (len(accounts), len(books)) == (1, 1)
        assert queries.prepaid(session, shop) == Money(600)


# Paying a vendor


@pytest.fixture
def owed_to_everest(database, parties):
    """What we owe Everest for a delivery of 1,000 that Asha paid: all of it but the commission of 2 %."""

    def sell(session):
        people.deliver(session, parties, 1_000)
        people.pay(session, parties.asha, 1_000)

    prepare(database, sell)
    return rupees(980)


def settling(parties, amount, *, reference, key=None, vendor=None):
    def work(session):
        return service.settle_vendor(
            session,
            vendor or parties.everest,
            amount=amount,
            method=PaymentMethod.BANK_TRANSFER,
            reference=reference,
            idempotency_key=key or reference,
            approver=ADMIN,
            now=NOW,
        )

    return work


def paid_to_vendors(database):
    with database.transaction() as session:
        kept = select(Posting.id).where(Posting.kind == PostingKind.SETTLEMENT)
        reversed_ids = select(Posting.reverses_id).where(Posting.reverses_id.is_not(None))
        return len(session.scalars(kept.where(Posting.id.not_in(reversed_ids))).all())


def still_owed(database, vendor_id):
    with database.transaction() as session:
        return queries.settlement(session, vendor_id, start=people.TODAY, end=people.TODAY).owed


def test_a_vendor_is_never_paid_more_than_it_is_owed_by_ten_at_once(database, parties, owed_to_everest):
    works = [settling(parties, owed_to_everest, reference=f"NPS{number}") for number in range(10)]

    results = at_once(database, works)

    assert sum(isinstance(result, SettlementHeld) for result in results) == 9
    assert (paid_to_vendors(database), still_owed(database, parties.everest)) == (1, ZERO)


def test_the_same_payment_of_a_vendor_ten_times_at_once_is_one(database, parties, owed_to_everest):
    works = [settling(parties, owed_to_everest, reference="NPS1", key="one")] * 10

    results = at_once(database, works)

    assert len(set(results)) == 1
    assert (paid_to_vendors(database), still_owed(database, parties.everest)) == (1, ZERO)


def test_a_reference_pays_one_of_two_vendors_at_once(database, parties, owed_to_everest):
    def sell(session):
        people.deliver(session, parties, 1_000, vendor=parties.himal)
        people.pay(session, parties.asha, 1_000)

    prepare(database, sell)
    works = [
        settling(parties, rupees(500), reference="NPS 1", key="everest"),
        settling(parties, rupees(500), reference="nps1", key="himal", vendor=parties.himal),
    ]

    results = at_once(database, works)

    assert sum(isinstance(result, ReferenceTaken) for result in results) == 1
    assert paid_to_vendors(database) == 1


def test_a_payment_of_a_vendor_is_reversed_once_and_can_then_be_made_again(
    database, parties, owed_to_everest
):
    posting_id = prepare(database, settling(parties, owed_to_everest, reference="NPS1"))

    def reversing(number):
        def work(session):
            return service.reverse_posting(
                session, posting_id, idempotency_key=str(number), reason="returned", approver=ADMIN, now=NOW
            )

        return work

    results = at_once(database, [reversing(number) for number in range(6)])

    assert sum(isinstance(result, PostingReversed) for result in results) == 5
    assert still_owed(database, parties.everest) == owed_to_everest
    prepare(database, settling(parties, owed_to_everest, reference="NPS1", key="again"))
    assert still_owed(database, parties.everest) == ZERO


def make_admins(session, count):
    return [
        Actor(
            kind=ActorKind.ADMIN,
            via=Via.API,
            user_id=create_user(
                session,
                role=Role.ADMIN,
                name=f"Admin {number}",
                email=f"admin{number}@example.test",
                password="correct horse battery",
                actor=SYSTEM,
                now=NOW,
            ).id,
        )
        for number in range(count)
    ]


def test_admins_who_approve_and_refuse_one_write_off_at_once_answer_it_once(database, parties):
    def arrange(session):
        asker, *others = make_admins(session, 5)
        invoice = people.deliver(session, parties, 15_000, retailer=parties.bina)
        asked = service.ask_write_off(
            session,
            invoice.id,
            amount=rupees(12_000),
            reason="burned",
            idempotency_key="w1",
            asker=asker,
            now=NOW,
        )
        return asked.id, asker, others

    request_id, asker, others = prepare(database, arrange)
    answers = [
        lambda session, actor=actor: (
            service.approve_correction(session, request_id, approver=actor, now=NOW).status
        )
        for actor in others
    ]
    answers.append(
        lambda session: (
            service.refuse_correction(session, request_id, reason="no", actor=asker, now=NOW).status
        )
    )

    results = at_once(database, answers)

    assert sum(isinstance(result, CorrectionAnswered) for result in results) == 4
    with database.transaction() as session:
        request = session.get_one(CorrectionRequest, request_id)
        posted = session.scalars(select(Posting).where(Posting.kind == PostingKind.WRITE_OFF)).all()
        owed = queries.standing(session, parties.bina, now=NOW).owed
    assert [request.posting_id] * (request.status == "approved") == [posting.id for posting in posted]
    assert owed == rupees(15_000) - rupees(12_000 * len(posted))


def test_write_offs_of_one_admin_at_once_stay_within_what_one_may_give_up(database, parties):
    def arrange(session):
        (alone,) = make_admins(session, 1)
        return people.deliver(session, parties, 30_000, retailer=parties.bina).id, alone

    invoice_id, alone = prepare(database, arrange)

    def writing_off(key):
        return lambda session: service.write_off(
            session,
            invoice_id,
            amount=rupees(4_000),
            reason="damp",
            idempotency_key=key,
            approver=alone,
            now=NOW,
        )

    results = at_once(database, [writing_off(str(number)) for number in range(6)])

    assert sum(isinstance(result, ApprovalNeeded) for result in results) == 4
    with database.transaction() as session:
        assert queries.standing(session, parties.bina, now=NOW).owed == rupees(22_000)
