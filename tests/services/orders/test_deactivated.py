"""A shop or vendor that was deactivated can do nothing any more; an admin still brings its orders to their end."""

import datetime as dt
from decimal import Decimal

import pytest

from core.catalog import service as catalog
from core.catalog import stock
from core.catalog.models import Listing
from core.credit import service as credit
from core.credit.errors import ClaimNeedsAdmin
from core.credit.kinds import PaymentMethod, WhyAdmin
from core.credit.models import Payment
from core.money import ZERO, rupees
from core.orders import checks, delivery, ending, offers
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.parties import queries as parties_queries
from core.parties import service as parties
from core.parties.errors import PartyInactive
from core.parties.models import Contact, Position, Role
from core.pricing import service as pricing
from tests.market import ADMIN

ONE = Decimal(1)


def claim(market, shop, amount):
    return market.do(
        credit.claim_payment,
        retailer_id=shop.id,
        method=PaymentMethod.ESEWA,
        reference="AB12",
        amount=amount,
        actor=shop.owner,
    )


def test_a_deactivated_vendor_does_nothing_and_an_admin_ends_what_it_began(market, deal):
    shop, vendor, noodles = deal
    offered = market.place(shop, {noodles: 1})
    offer = market.offer_to(vendor, offered.order_id)
    promised = market.accept(vendor, market.place(shop, {noodles: 2}).order_id).fulfillment
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 3}).order_id))
    paid = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 4}).order_id))
    market.deliver(vendor, paid.delivery_code)
    claimed = claim(market, shop, rupees(80))
    market.do(parties.deactivate_vendor, vendor.id, reason="fraud", actor=ADMIN)

    vendor_of, listing = {"vendor_id": vendor.id}, market.listing
    agreed = pricing.PriceListFacts(starts_on=dt.date(2026, 12, 1), prices={listing: rupees(19)})
    for act, args, facts in (
        (offers.accept, [offer.id], {}),
        (offers.decline, [offer.id], {"reason": "no_stock"}),
        (delivery.dispatch, [promised.fulfillment_id], {}),
        (offers.withdraw, [promised.fulfillment_id], {"reason": "truck"}),
        (delivery.deliver, [], {"vendor_id": vendor.id, "code": sent.delivery_code}),
        (ending.mark_returned, [sent.fulfillment_id], {"reason": "closed"}),
        (credit.confirm_claim, [claimed.id], {}),
        (credit.reject_claim, [claimed.id], {"reason": "no"}),
        (pricing.change_price, [listing, rupees(21)], {}),
        (pricing.set_tiers, [listing, []], {}),
        (pricing.create_price_list, [agreed], {"retailer_id": shop.id, **vendor_of}),
        (stock.count, [listing, Decimal(500)], {"cause": "count:late", "reason": None}),
        (catalog.set_available, [listing], {"is_available": False}),
        (
            catalog.create_listing,
            [catalog.ListingFacts(product_id=noodles, price=rupees(1), **vendor_of)],
            {},
        ),
        (
            catalog.set_listing_terms,
            [listing],
            {"minimum_quantity": ONE, "pack_multiple": ONE, "lead_time_days": 9},
        ),
        (parties.close_vendor_for_day, [vendor.id], {}),
        (parties.open_vendor_again, [vendor.id], {}),
    ):
        with pytest.raises(PartyInactive):
            market.do(act, *args, actor=vendor.owner, **facts)

    assert market.count(Payment) == 0
    assert market.order(promised.order_id).status is OrderStatus.ACCEPTED
    assert market.stock(listing) == (Decimal(93), Decimal(2))
    row = market.look(lambda session: session.get_one(Listing, listing))
    assert (row.is_available, row.price_minor, row.lead_time_days) == (True, 20_00, 0)
    assert market.look(parties_queries.get_vendor, vendor.id).closed_days == []
    market.do(offers.withdraw, promised.fulfillment_id, reason="vendor ended", actor=ADMIN)
    market.do(delivery.deliver_without_code, sent.fulfillment_id, reason="phoned", actor=ADMIN)
    assert market.order(promised.order_id).status is OrderStatus.UNFULFILLED
    assert market.order(sent.order_id).fulfillments[0].status is FulfillmentStatus.DELIVERED
    assert market.look(checks.find_differences) == []


def test_a_deactivated_shop_does_nothing_until_it_is_active_again(market, deal):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 1})
    market.do(parties.deactivate_retailer, shop.id, reason="closed", actor=ADMIN)

    with pytest.raises(PartyInactive):
        market.place(shop, {noodles: 1})
    with pytest.raises(PartyInactive):
        market.do(ending.cancel, placed.order_id, reason="retailer", actor=shop.owner)
    with pytest.raises(PartyInactive):
        claim(market, shop, rupees(10))
    assert (market.order(placed.order_id).status, market.standing(shop).held) == (
        OrderStatus.OFFERED,
        rupees(20),
    )

    market.do(parties.activate_retailer, shop.id, reason="open", actor=ADMIN)

    market.do(ending.cancel, placed.order_id, reason="retailer", actor=shop.owner)
    assert market.standing(shop).held == ZERO


def one_contact_without_a_phone(market, shop, vendor):
    contact = _contact(market, "whatsapp:NP.7", phone=None)
    for party in ({"retailer_id": shop.id}, {"vendor_id": vendor.id}):
        market.do(parties.add_person, contact.id, **party, position=Position.HELPER, actor=ADMIN)


def one_phone_under_two_addresses(market, shop, vendor):
    contact = _contact(market, "whatsapp:NP.7", phone=_phone_of(market, shop))
    market.do(parties.add_person, contact.id, vendor_id=vendor.id, position=Position.HELPER, actor=ADMIN)


def one_who_signs_in_for_the_other(market, shop, vendor):
    facts = {"role": Role.VENDOR, "name": "Hari", "password": "chiya ra biskut 7", "vendor_id": vendor.id}
    market.do(parties.create_user, phone=_phone_of(market, shop), actor=ADMIN, **facts)


def _contact(market, address, *, phone):
    facts = {"channel": "whatsapp", "addresses": [address], "profile_name": "Hari"}
    return market.do(parties.contact_for, phone=phone, **facts)


def _phone_of(market, shop):
    return market.look(lambda session: session.get_one(Contact, shop.owner.contact_id).phone)


@pytest.mark.parametrize(
    "join",
    [one_contact_without_a_phone, one_phone_under_two_addresses, one_who_signs_in_for_the_other],
    ids=lambda join: join.__name__,
)
def test_nobody_confirms_a_payment_of_a_shop_of_its_own(market, deal, join):
    shop, vendor, noodles = deal
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))
    market.deliver(vendor, sent.delivery_code)
    asked = claim(market, shop, rupees(100))
    assert asked.vendor_id == vendor.id
    join(market, shop, vendor)

    with pytest.raises(ClaimNeedsAdmin) as refused:
        market.do(credit.confirm_claim, asked.id, actor=vendor.owner)

    assert refused.value.facts["reason"] is WhyAdmin.BOTH_SIDES
    assert (market.count(Payment), market.standing(shop).posted) == (0, rupees(200))
    second = market.do(
        credit.claim_payment,
        retailer_id=shop.id,
        method=asked.method,
        reference=asked.reference,
        amount=rupees(50),
        corrects=asked.id,
        actor=shop.owner,
    )
    assert second.vendor_id is None
    market.do(credit.confirm_claim, second.id, actor=ADMIN)
    assert market.standing(shop).posted == rupees(150)
