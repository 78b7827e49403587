"""The money's decisions, one by one."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from core.credit import policy
from core.credit.errors import AmountNotPositive, AmountTooLarge
from core.credit.kinds import CashAnswer, HoldRefusal, PaidState, PaymentMethod, WhyAdmin
from core.credit.policy import AccountView, Bucket, DeliveredLine, OpenInvoice, OverdueBlocking, PaidPart
from core.money import ZERO, Money, rupees

RULES = OverdueBlocking()
TODAY = dt.date(2026, 11, 22)
ACCOUNT = AccountView(
    limit=rupees(1_000), posted=rupees(300), held=rupees(200), cash_due=ZERO, oldest_days_past_due=0
)


@pytest.mark.parametrize(
    ("_case", "account", "amount", "reason"),
    [
        ("fits", ACCOUNT, rupees(499), None),
        ("reaches the limit", ACCOUNT, rupees(500), None),
        ("a paisa above", ACCOUNT, rupees("500.01"), HoldRefusal.LIMIT_EXCEEDED),
        ("no limit", replace(ACCOUNT, limit=ZERO), rupees(1), HoldRefusal.NO_ACCOUNT),
        ("cash due", replace(ACCOUNT, cash_due=Money(1)), rupees(1), HoldRefusal.CASH_DUE),
        ("29 days late", replace(ACCOUNT, oldest_days_past_due=29), rupees(1), None),
        ("30 days late", replace(ACCOUNT, oldest_days_past_due=30), rupees(1), HoldRefusal.OVERDUE),
        ("limit lowered", replace(ACCOUNT, limit=rupees(100)), rupees(1), HoldRefusal.LIMIT_EXCEEDED),
        (
            "late and too much: paying comes first",
            replace(ACCOUNT, oldest_days_past_due=40),
            rupees(5_000),
            HoldRefusal.OVERDUE,
        ),
    ],
)
def test_a_hold_is_decided(_case, account, amount, reason):
    assert policy.decide_hold(account, amount, RULES) is reason


def line(quantity, price, vat=1300):
    return DeliveredLine(
        product_id=1,
        description="goods",
        quantity=Decimal(quantity),
        unit_price=Money(price),
        vat_basis_points=vat,
    )


def test_a_bill_rounds_each_line_half_up_and_takes_commission_from_the_net():
    bill = policy.price_delivery([line("1", 50), line("1", 50), line("0.5", 33, 0)], 500)

    # VAT of 0.50 is 0.065 → 0.07, twice; half of 0.33 is 0.165 → 0.17; 5 % of 1.17 is 0.0585 → 0.06.
    assert [(one.net.minor, one.vat.minor) for one in bill.lines] == [(50, 7), (50, 7), (17, 0)]
    assert (bill.taxable, bill.exempt, bill.vat, bill.total) == (Money(100), Money(17), Money(14), Money(131))
    assert bill.commission == Money(6)


def test_lines_of_nothing_are_not_billed():
    assert policy.price_delivery([line("0", 50)], 200) == policy.PricedDelivery(
        lines=(), taxable=ZERO, exempt=ZERO, vat=ZERO, commission=ZERO
    )


BILL = rupees(200)


@pytest.mark.parametrize(
    ("cash", "taken"),
    [
        (policy.ALL_CASH, BILL),
        (policy.NO_CASH, ZERO),
        (policy.part_of_cash(Money(1)), Money(1)),
        (policy.part_of_cash(BILL), BILL),
    ],
)
def test_the_cash_of_a_delivery_is_what_the_vendor_says_up_to_the_bill(cash, taken):
    assert policy.cash_taken(cash, BILL) == taken


@pytest.mark.parametrize(
    ("part", "refusal"),
    [(ZERO, AmountNotPositive), (Money(-1), AmountNotPositive), (BILL + Money(1), AmountTooLarge)],
)
def test_cash_that_is_nothing_or_more_than_the_bill_is_refused(part, refusal):
    with pytest.raises(refusal) as refused:
        policy.cash_taken(policy.part_of_cash(part), BILL)

    facts = {"amount": part} if refusal is AmountNotPositive else {"amount": part, "left": BILL}
    assert refused.value.facts == facts


def test_a_part_of_the_cash_is_told_apart_from_all_and_none():
    assert policy.part_of_cash(Money(1)).answer is CashAnswer.PART
    assert (
        len({cash.answer for cash in (policy.ALL_CASH, policy.NO_CASH, policy.part_of_cash(Money(1)))}) == 3
    )


@pytest.mark.parametrize(
    ("warn", "block", "fits"), [(1, 1, True), (1, 2, True), (0, 2, False), (3, 2, False)]
)
def test_a_shop_is_warned_when_it_is_late_and_not_after_credit_stopped(warn, block, fits):
    if fits:
        OverdueBlocking(warn_after_days=warn, block_after_days=block)
        return
    with pytest.raises(ValueError, match="a day late at least"):
        OverdueBlocking(warn_after_days=warn, block_after_days=block)


@pytest.mark.parametrize(
    ("amount", "owed", "is_on_both_sides", "why"),
    [
        (200, 200, False, None),
        (201, 200, False, WhyAdmin.MORE_THAN_OWED),
        (500, 500, False, None),
        (501, 501, False, WhyAdmin.ABOVE_CEILING),
        (100, 200, True, WhyAdmin.BOTH_SIDES),
    ],
)
def test_a_vendors_word_is_enough_up_to_what_it_is_owed_and_the_ceiling(amount, owed, is_on_both_sides, why):
    decided = policy.decide_payee(
        rupees(amount), owed=rupees(owed), ceiling=rupees(500), is_on_both_sides=is_on_both_sides
    )

    assert decided is why


def invoice(invoice_id, outstanding, *, day=1, number="2083/84-00001"):
    return OpenInvoice(
        invoice_id=invoice_id,
        vendor_id=7,
        number=number,
        order_id=None,
        on_credit=True,
        issued_at=dt.datetime(2026, 11, day, tzinfo=dt.UTC),
        due_on=TODAY,
        total=Money(outstanding),
        outstanding=Money(outstanding),
    )


OLD, MIDDLE, NEW = invoice(3, 100, day=1), invoice(2, 200, day=2), invoice(1, 300, day=3)


@pytest.mark.parametrize(
    ("_case", "amount", "named", "parts", "left"),
    [
        ("less than the oldest", 60, None, [(OLD, 60)], 0),
        ("oldest first", 250, None, [(OLD, 100), (MIDDLE, 150)], 0),
        ("the named one first", 350, 1, [(NEW, 300), (OLD, 50)], 0),
        ("more than all", 700, None, [(OLD, 100), (MIDDLE, 200), (NEW, 300)], 100),
        ("a name that is not open", 60, 99, [(OLD, 60)], 0),
        ("nothing", 0, None, [], 0),
    ],
)
def test_a_payment_is_applied(_case, amount, named, parts, left):
    applied = policy.apply_payment(Money(amount), [NEW, OLD, MIDDLE], named=named)

    assert applied.parts == tuple(PaidPart(invoice=one, amount=Money(part)) for one, part in parts)
    assert applied.left == Money(left)


def test_without_debts_everything_is_left():
    assert policy.apply_payment(Money(5), []).left == Money(5)


def test_cash_alone_needs_no_reference():
    assert [method for method in PaymentMethod if not policy.is_reference_needed(method)] == [
        PaymentMethod.CASH
    ]


def test_a_reference_names_an_invoice_only_when_one_has_that_number():
    other = invoice(9, 5, number="2083/84-00002")

    assert policy.find_named("2083/84-00002", [OLD, other]) == 9
    assert policy.find_named("2083/84-00001", [OLD, MIDDLE]) is None
    assert policy.find_named("FT1", [OLD]) is None
    assert policy.find_named(None, [OLD]) is None


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, Bucket.CURRENT),
        (1, Bucket.TO_30),
        (30, Bucket.TO_30),
        (31, Bucket.TO_60),
        (60, Bucket.TO_60),
        (61, Bucket.TO_90),
        (90, Bucket.TO_90),
        (91, Bucket.OVER_90),
    ],
)
def test_debts_age_through_the_buckets(days, bucket):
    assert policy.bucket(policy.days_past_due(TODAY - dt.timedelta(days=days), TODAY)) is bucket


def test_before_the_due_day_nothing_is_late():
    assert policy.days_past_due(TODAY + dt.timedelta(days=5), TODAY) == 0


@pytest.mark.parametrize(
    ("outstanding", "due_in", "state"),
    [
        (100, 0, PaidState.UNPAID),
        (40, 0, PaidState.PART_PAID),
        (0, -90, PaidState.PAID),
        (100, -1, PaidState.OVERDUE),
        (1, -1, PaidState.OVERDUE),
    ],
)
def test_the_payment_status_is_derived(outstanding, due_in, state):
    due_on = TODAY + dt.timedelta(days=due_in)

    assert (
        policy.paid_state(billed=Money(100), outstanding=Money(outstanding), due_on=due_on, today=TODAY)
        is state
    )
