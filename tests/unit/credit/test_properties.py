"""What holds for all amounts: nothing is lost in rounding or in applying, and the exposure keeps to its limit."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.credit import policy
from core.credit.policy import AccountView, DeliveredLine, OpenInvoice, OverdueBlocking
from core.money import ZERO, Money, total

amounts = st.integers(min_value=1, max_value=10**9)
shares = st.sampled_from([0, 1300])
quantities = st.decimals(min_value="0.001", max_value="9999", places=3)


@st.composite
def lines(draw):
    return DeliveredLine(
        product_id=1,
        description="goods",
        quantity=draw(quantities),
        unit_price=Money(draw(amounts)),
        vat_basis_points=draw(shares),
    )


@st.composite
def invoices(draw):
    count = draw(st.integers(min_value=0, max_value=6))
    return [
        OpenInvoice(
            invoice_id=number,
            vendor_id=1,
            number=str(number),
            order_id=None,
            on_credit=draw(st.booleans()),
            issued_at=dt.datetime(2026, 1, draw(st.integers(1, 28)), tzinfo=dt.UTC),
            due_on=dt.date(2026, 2, 1),
            total=Money(owed),
            outstanding=Money(owed),
        )
        for number, owed in enumerate(draw(st.lists(amounts, min_size=count, max_size=count)))
    ]


@given(amount=amounts, owed=invoices(), named=st.none() | st.integers(0, 6))
def test_applying_a_payment_conserves_its_money(amount, owed, named):
    applied = policy.apply_payment(Money(amount), owed, named=named)

    assert total(part.amount for part in applied.parts) + applied.left == Money(amount)
    assert all(ZERO < part.amount <= part.invoice.outstanding for part in applied.parts)
    # Something is left only when everything is paid, and at most one invoice is paid in part.
    if applied.left:
        assert total(part.amount for part in applied.parts) == total(one.outstanding for one in owed)
    assert all(part.amount == part.invoice.outstanding for part in applied.parts[:-1])


@given(goods=st.lists(lines(), max_size=8), commission=st.integers(0, 10_000))
def test_a_bill_is_the_sum_of_its_lines_and_the_vendor_gets_the_rest(goods, commission):
    bill = policy.price_delivery(goods, commission)

    assert bill.total == total(one.net + one.vat for one in bill.lines)
    assert ZERO <= bill.commission <= bill.taxable + bill.exempt


@given(line=lines())
def test_vat_is_thirteen_per_cent_half_up(line):
    (billed,) = policy.price_delivery([line], 0).lines

    exact = Decimal(billed.net.minor) * line.vat_basis_points / 10_000
    assert -Decimal("0.5") <= exact - billed.vat.minor < Decimal("0.5")


@given(line=lines(), cuts=st.lists(st.decimals(min_value="0.001", max_value="1", places=3), max_size=5))
def test_credit_notes_over_a_whole_line_return_it_to_the_paisa(line, cuts):
    (billed,) = policy.price_delivery([line], 0).lines
    left, net, vat, commission = line.quantity, billed.net, billed.vat, ZERO

    for share in [*cuts, Decimal(1)]:
        quantity = min(left, (left * share).quantize(Decimal("0.001")))
        if quantity <= 0:
            continue
        credited = policy.credited_line(
            position=1, quantity=quantity, quantity_left=left, net_left=net, vat_left=vat
        )
        note = policy.credit_note([credited], net_before=net, commission_basis_points=200)
        assert ZERO <= credited.net <= net
        assert ZERO <= credited.vat <= vat
        left, net, vat = left - quantity, net - credited.net, vat - credited.vat
        commission += note.commission

    assert (left, net, vat) == (0, ZERO, ZERO)
    assert commission == billed.net.share(200)


moves = st.lists(
    st.tuples(st.sampled_from(["hold", "capture", "release", "pay"]), st.integers(1, 2_000)), max_size=60
)


@given(limit=st.integers(0, 3_000), walk=moves)
def test_no_walk_of_holds_deliveries_and_payments_passes_the_limit(limit, walk):
    account = AccountView(limit=Money(limit), posted=ZERO, held=ZERO, cash_due=ZERO, oldest_days_past_due=0)

    for move, minor in walk:
        amount = Money(minor)
        match move:
            case "hold" if policy.decide_hold(account, amount, OverdueBlocking()) is None:
                account = replace(account, held=account.held + amount)
            case "capture":
                part = min(amount, account.held)
                account = replace(account, held=account.held - part, posted=account.posted + part)
            case "release":
                account = replace(account, held=account.held - min(amount, account.held))
            case "pay":
                account = replace(account, posted=account.posted - min(amount, account.posted))

        assert account.posted + account.held <= account.limit
        assert account.available >= ZERO
