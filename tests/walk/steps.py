"""What people do on a walk. Each step picks its subject among what there is, and may be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.credit import service as credit
from core.credit.kinds import ClaimStatus, PaymentMethod, PaymentStatus
from core.credit.models import Payment, PaymentClaim
from core.money import rupees
from core.orders import basket, delivery, ending, offers, placing, retrying, shortages, stopping
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus, Terms
from core.orders.models import Fulfillment, FulfillmentLine, Order, Shortage
from core.orders.transitions import OPEN
from core.orders.views import NewLine
from core.parties import service as parties
from core.routing import queries as routing
from core.routing.models import Offer, OfferLine, OfferStatus
from tests.market import ADMIN
from tests.walk.town import Walker, restock

F, S = FulfillmentStatus, OrderStatus


def order_goods(walker: Walker) -> None:
    shop, helper = walker.rng.choice(walker.town.shops)
    person = walker.rng.choice([shop.owner, shop.owner, helper])
    goods = walker.rng.sample(walker.town.products, walker.rng.randint(1, 3))
    lines = [NewLine(product_id=product, quantity=walker.few(Decimal(35))) for product in goods]
    order = walker.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=person)
    if order is None:
        return
    view = walker.do(basket.show, order.id)
    terms = walker.rng.choice([Terms.CREDIT, Terms.CREDIT, Terms.CASH])
    if view is not None:
        walker.do(placing.place, order.id, version=view.version, terms=terms, actor=person)


def owner_answers(walker: Walker) -> None:
    found = walker.pick(
        select(Order.id, Order.retailer_id).where(Order.awaiting_owner_since.is_not(None)).order_by(Order.id)
    ) or walker.pick(select(Order.id, Order.retailer_id).order_by(Order.id.desc()))
    if found:
        act = walker.rng.choice([placing.approve_waiting, placing.approve_waiting, placing.refuse_waiting])
        walker.do(act, found.id, actor=walker.anybody(found.retailer_id))


def vendor_answers(walker: Walker) -> None:
    found = walker.pick(
        select(Offer.id, Offer.vendor_id).where(Offer.status == OfferStatus.OPEN).order_by(Offer.id.desc())
    )
    if not found:
        return
    vendor = walker.town.vendors[found.vendor_id].owner
    chance = walker.rng.random()
    if chance < 0.5:
        walker.do(offers.accept, found.id, actor=vendor)
    elif chance < 0.75:
        lines = walker.town.market.look(
            lambda session: session.scalars(select(OfferLine).where(OfferLine.offer_id == found.id)).all()
        )
        some = {line.order_line_id: walker.few(line.quantity) for line in lines if walker.rng.random() < 0.7}
        walker.do(offers.accept, found.id, quantities=some or None, actor=vendor)
    else:
        walker.do(offers.decline, found.id, reason="no_stock", actor=vendor)


def phone_is_off(walker: Walker) -> None:
    """Nobody at a vendor could be told of its offer, or so a late job thinks."""
    if found := walker.pick(select(Offer.id).order_by(Offer.id.desc())):
        walker.do(offers.close_undelivered, found.id)


def retailer_decides(walker: Walker) -> None:
    found = walker.pick(
        select(Order.id, Order.retailer_id).where(Order.asked.is_not(None)).order_by(Order.id.desc())
    )
    if found:
        yes = walker.rng.random() < 0.6
        walker.do(offers.answer_asked, found.id, yes=yes, actor=walker.anybody(found.retailer_id))


def stale_job(walker: Walker) -> None:
    """A job that comes late, or for nothing."""
    found = walker.pick(select(Order.id).where(Order.status.in_(OPEN)).order_by(Order.id.desc()))
    if found:
        walker.do(walker.rng.choice([offers.close_unanswered, offers.lapse]), found.id)


def dispatch(walker: Walker) -> None:
    if part := _part(walker, F.ACCEPTED):
        walker.do(delivery.dispatch, part.id, actor=walker.town.vendors[part.vendor_id].owner)


def withdraw(walker: Walker) -> None:
    if part := _part(walker, F.ACCEPTED, F.DISPATCHED):
        vendor = walker.town.vendors[part.vendor_id].owner
        walker.do(offers.withdraw, part.id, reason="truck_broke", actor=walker.rng.choice([vendor, ADMIN]))


def deliver(walker: Walker) -> None:
    part = _part(walker, F.DISPATCHED)
    if part is None:
        return
    facts = {
        "vendor_id": part.vendor_id,
        "code": part.delivery_code if walker.rng.random() < 0.95 else "00000",
        "short": _short(walker, part.id) if walker.rng.random() < 0.3 else {},
        "cash": walker.rng.choice([credit.ALL_CASH, credit.NO_CASH, credit.part_of_cash(rupees(50)), None]),
        "fulfillment_id": walker.rng.choice([part.id, None]),
        "actor": walker.town.vendors[part.vendor_id].owner,
    }
    walker.do(delivery.deliver, about=part.id, **facts)
    if walker.rng.random() < 0.2:
        walker.do(delivery.deliver, about=part.id, **facts)


def state_delivered(walker: Walker) -> None:
    if part := _part(walker, F.DISPATCHED):
        walker.do(delivery.deliver_without_code, part.id, cash=credit.ALL_CASH, reason="phoned", actor=ADMIN)


def give_back(walker: Walker) -> None:
    if part := _part(walker, F.DISPATCHED):
        vendor = walker.town.vendors[part.vendor_id].owner
        walker.do(ending.mark_returned, part.id, reason="shop_closed", actor=vendor)


def cancel(walker: Walker) -> None:
    if order := _order(walker):
        walker.do(ending.cancel, order.id, reason="retailer", actor=walker.anybody(order.retailer_id))


def change(walker: Walker) -> None:
    if order := _order(walker):
        walker.do(ending.reopen_as_basket, order.id, actor=walker.anybody(order.retailer_id))


def admin_chooses(walker: Walker) -> None:
    if order := _order(walker):
        if walker.rng.random() < 0.3:
            walker.do(retrying.seek_again, order.id, actor=ADMIN)
            return
        vendor_id = walker.rng.choice(list(walker.town.vendors))
        walker.do(offers.override, order.id, vendor_id=vendor_id, reason="asked by phone", actor=ADMIN)


def confirm_receipt(walker: Walker) -> None:
    found = walker.pick(select(Order.id, Order.retailer_id).where(Order.status == S.DELIVERED))
    if found:
        walker.do(delivery.confirm_receipt, found.id, actor=walker.anybody(found.retailer_id))


def report_short(walker: Walker) -> None:
    part = _part(walker, F.DELIVERED)
    if part is None:
        return
    shop = walker.pick(select(Order.retailer_id).where(Order.id == part.order_id)).retailer_id
    walker.do(
        shortages.report, part.id, short=_short(walker, part.id), words="kam", actor=walker.anybody(shop)
    )


def settle_short(walker: Walker) -> None:
    found = walker.pick(select(Shortage.id).where(Shortage.status == ShortageStatus.OPEN))
    if found:
        walker.do(walker.rng.choice([shortages.agree, shortages.refuse]), found.id, actor=ADMIN)


def claim(walker: Walker) -> None:
    shop, helper = walker.rng.choice(walker.town.shops)
    method = walker.rng.choice([PaymentMethod.CASH, PaymentMethod.ESEWA, PaymentMethod.CHEQUE])
    walker.do(
        credit.claim_payment,
        retailer_id=shop.id,
        method=method,
        reference=None if method is PaymentMethod.CASH else f"R{walker.rng.randint(1, 400)}",
        amount=rupees(walker.rng.choice([50, 200, 700, 5_000])),
        actor=walker.rng.choice([shop.owner, helper]),
    )


def answer_claim(walker: Walker) -> None:
    found = walker.pick(
        select(
            PaymentClaim.id,
            PaymentClaim.vendor_id,
            PaymentClaim.retailer_id,
            PaymentClaim.method,
            PaymentClaim.reference,
        ).where(PaymentClaim.status == ClaimStatus.OPEN)
    )
    if not found:
        return
    payee = ADMIN if found.vendor_id is None else walker.town.vendors[found.vendor_id].owner
    chance = walker.rng.random()
    if chance < 0.2:
        amount = rupees(walker.rng.randint(10, 500))
        actor = walker.anybody(found.retailer_id)
        walker.do(
            credit.claim_payment,
            retailer_id=found.retailer_id,
            method=found.method,
            reference=found.reference,
            amount=amount,
            corrects=found.id,
            actor=actor,
        )
    elif chance < 0.3:
        walker.do(credit.reject_claim, found.id, reason="not_received", actor=payee)
    else:
        walker.do(credit.confirm_claim, found.id, actor=walker.rng.choice([payee, ADMIN]))


def bank_speaks(walker: Walker) -> None:
    found = walker.pick(
        select(Payment.id).where(
            Payment.method == PaymentMethod.CHEQUE, Payment.status != PaymentStatus.BOUNCED
        )
    )
    if not found:
        return
    if walker.rng.random() < 0.5:
        walker.do(credit.clear_cheque, found.id, actor=ADMIN)
    else:
        walker.do(credit.bounce_cheque, found.id, reason="no funds", actor=ADMIN)


def admin_books(walker: Walker) -> None:
    shop, _ = walker.rng.choice(walker.town.shops)
    walker.do(
        credit.record_payment,
        retailer_id=shop.id,
        method=PaymentMethod.CASH,
        reference=None,
        amount=rupees(walker.rng.choice([100, 1_000, 8_000])),
        idempotency_key=f"walk-{walker.rng.random()}",
        actor=ADMIN,
    )


def vendor_leaves(walker: Walker) -> None:
    vendor_id = walker.rng.choice(list(walker.town.vendors))
    walker.do(parties.deactivate_vendor, vendor_id, reason="walk", actor=ADMIN)
    for order_id in walker.town.market.look(stopping.orders_of_vendor, vendor_id):
        walker.do(stopping.stop_vendor, order_id, vendor_id)


def vendor_returns(walker: Walker) -> None:
    vendor_id = walker.rng.choice(list(walker.town.vendors))
    walker.do(parties.activate_vendor, vendor_id, reason="walk", actor=ADMIN)


def shop_leaves(walker: Walker) -> None:
    shop, _ = walker.rng.choice(walker.town.shops)
    walker.do(parties.deactivate_retailer, shop.id, reason="walk", actor=ADMIN)
    for order_id in walker.town.market.look(stopping.orders_of_retailer, shop.id):
        walker.do(stopping.stop_retailer, order_id)


def shop_returns(walker: Walker) -> None:
    shop, _ = walker.rng.choice(walker.town.shops)
    walker.do(parties.activate_retailer, shop.id, reason="walk", actor=ADMIN)


def reprice(walker: Walker) -> None:
    listing = walker.rng.choice(walker.town.listings)
    walker.do(catalog.set_listing_price, listing, rupees(walker.rng.randint(18, 27)), actor=SYSTEM)


def time_passes(walker: Walker) -> None:
    walker.town.pass_time(walker.rng.choice([1, 1, 2, 5]))
    run_due(walker)


def run_due(walker: Walker) -> None:
    """What the timetable starts: offers that lapse, questions that silence answers, receipts, waiting baskets."""
    now = walker.town.market.now
    late = walker.town.market.look(routing.expired_offers, now)
    for order_id in {order_id for _, order_id in late}:
        walker.do(offers.lapse, order_id)
    for order_id in walker.town.market.do(offers.orders_with_late_questions):
        walker.do(offers.close_unanswered, order_id)
    walker.do(delivery.complete_due)
    walker.do(placing.drop_unanswered_baskets, actor=SYSTEM)


STEPS: Mapping[Callable[[Walker], None], int] = {
    order_goods: 14,
    owner_answers: 3,
    vendor_answers: 18,
    retailer_decides: 7,
    stale_job: 2,
    phone_is_off: 2,
    dispatch: 12,
    withdraw: 3,
    deliver: 12,
    state_delivered: 1,
    give_back: 2,
    cancel: 2,
    change: 2,
    admin_chooses: 2,
    confirm_receipt: 2,
    report_short: 2,
    settle_short: 2,
    claim: 4,
    answer_claim: 5,
    bank_speaks: 2,
    admin_books: 3,
    vendor_leaves: 2,
    vendor_returns: 4,
    shop_leaves: 1,
    shop_returns: 3,
    reprice: 1,
    restock: 3,
    time_passes: 3,
}


def _part(walker: Walker, *statuses: FulfillmentStatus) -> Any:
    columns = (Fulfillment.id, Fulfillment.vendor_id, Fulfillment.order_id, Fulfillment.delivery_code)
    return walker.pick(
        select(*columns).where(Fulfillment.status.in_(statuses)).order_by(Fulfillment.id.desc())
    )


def _order(walker: Walker) -> Any:
    return walker.pick(
        select(Order.id, Order.retailer_id).where(Order.status.in_(OPEN)).order_by(Order.id.desc())
    )


def _short(walker: Walker, fulfillment_id: int) -> dict[int, Decimal]:
    lines = walker.town.market.look(
        lambda session: session.scalars(
            select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == fulfillment_id)
        ).all()
    )
    return {line.order_line_id: walker.few(line.quantity) for line in lines if walker.rng.random() < 0.6}
