"""One market with something of every kind in it, for tests that ask everything of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind
from core.catalog import service as catalog
from core.catalog.models import AliasSource, ProductAlias
from core.clock import business_date, system_now
from core.credit import service as credit
from core.credit.kinds import PaymentMethod
from core.credit.models import CreditAccount, CreditNoteRow, Posting
from core.exchange import mapping, stock
from core.jobs.schedule import run_now
from core.messaging import service as messaging
from core.money import rupees
from core.orders import basket, placing, shortages
from core.orders.kinds import Terms
from core.orders.views import NewLine
from core.parties import service as parties
from core.parties.models import Language, Role, Vendor
from core.pricing import service as pricing
from core.refs import ProductId, UserId
from core.reports import service as reports
from core.reports.kinds import ReportFormat, ReportKind
from core.reports.periods import Period
from core.reports.printed import bills_of, sign_link
from core.reports.queries import Asked
from core.risk.kinds import ActionKind
from core.risk.models import RiskAction
from core.risk.service import appeals
from core.routing import queries as routing
from tests.conftest import SECRET
from tests.market import ADMIN, Market, Shop, Wholesaler


@dataclass
class World:
    """`asha` and `himal` own what `ids` names; `bina` and `ganga` have orders of their own and no business here."""

    asha: Shop
    bina: Shop
    himal: Wholesaler
    ganga: Wholesaler
    ids: dict[str, Any]
    # A helper's basket above the helper's limit.
    waiting: int
    # A fulfillment that was dispatched.
    on_the_way: int


def make_world(market: Market) -> World:
    asha, bina = market.shop("Asha Kirana"), market.shop("Bina Store")
    himal, ganga = market.wholesaler("Himal Traders"), market.wholesaler("Ganga Suppliers")
    noodles, rice = market.product("NOODLES"), market.product("RICE")
    listing = market.sells(himal, noodles, price=rupees(20))
    market.sells(ganga, rice, price=rupees(90))
    for shop, vendor, product in ((asha, himal, noodles), (bina, ganga, rice)):
        delivered = market.place(shop, {product: 10})
        code = market.dispatch(vendor, market.accept(vendor, delivered.order_id)).delivery_code
        done = market.deliver(vendor, code)
        claim = market.do(
            credit.claim_payment,
            retailer_id=shop.id,
            method=PaymentMethod.ESEWA,
            reference=f"E-{shop.id}",
            amount=rupees(50),
            actor=shop.owner,
        )
        payment = market.do(
            credit.record_payment,
            retailer_id=shop.id,
            vendor_id=vendor.id,
            method=PaymentMethod.CASH,
            reference=None,
            amount=rupees(5),
            idempotency_key=f"world:{shop.id}",
            actor=ADMIN,
        )
        shortage = market.do(
            shortages.report,
            done.fulfillment.fulfillment_id,
            short={done.fulfillment.lines[0].line.order_line_id: Decimal(1)},
            words=None,
            actor=shop.owner,
        )
        promised = market.accept(vendor, market.place(shop, {product: 5}).order_id)
        offered = market.place(shop, {product: 3})
        if shop is asha:
            waiting = _waiting_basket(market, shop, product)
            accepted = market.accept(vendor, market.place(shop, {product: 6}).order_id)
            sent = market.dispatch(vendor, accepted).fulfillment_id
        draft = market.do(
            basket.add_lines,
            retailer_id=shop.id,
            lines=[NewLine(product_id=product, quantity=Decimal(2))],
            actor=shop.owner,
        )
        if shop is asha:
            offer = market.offer_to(himal, offered.order_id)
            mine = (done, claim, payment, shortage, promised, offered, draft, offer)
    done, claim, payment, shortage, promised, offered, draft, offer = mine
    market.do(catalog.learn_alias, noodles, words="chau", retailer_id=None, source=AliasSource.ADMIN)
    recorded = market.do(
        messaging.record_inbound,
        contact_id=asha.owner.contact_id,
        channel="whatsapp",
        address="whatsapp:+9779841100001",
        provider_message_id="SM1",
        kind="text",
        text="namaste",
        choice_id=None,
        replied_to=None,
        content={},
        raw={},
    )
    asked = Cause(
        kind=AlertKind.PERSON_ASKED, subject_kind="conversation", subject_id=recorded.conversation_id
    )
    agreed = market.do(
        pricing.create_price_list,
        pricing.PriceListFacts(starts_on=business_date(market.now), prices={listing: rupees(19)}),
        vendor_id=himal.id,
        retailer_id=asha.id,
        actor=himal.owner,
    )
    job = market.do(run_now, "lapse-offers", actor=SYSTEM)
    (round_,) = market.look(routing.decisions, offered.order_id)

    def first(column: Any, *where: Any) -> int:
        return market.look(
            lambda session: session.scalar(select(column).where(*where).order_by(column).limit(1))
        )

    market.do(
        mapping.keep_mapping,
        himal.id,
        stock.NAME,
        stock.SHEET,
        sheet=None,
        columns={"Code": "sku", "Balance": "on_hand"},
        actor=SYSTEM,
    )
    warned = RiskAction(
        retailer_id=asha.id,
        kind=ActionKind.OVERDUE_WARNED,
        cause="warned:1",
        rule="credit_overdue_blocking",
        settings_version=0,
        facts={},
        actor="system",
        at=market.now,
    )
    market.do(lambda session, *, now: session.add(warned))  # noqa: ARG005 - as every use case is called
    other_admin = market.do(
        parties.create_user,
        role=Role.ADMIN,
        name="Other",
        email="other@example.test",
        password="correct horse battery",
        actor=SYSTEM,
    )
    market.do(
        credit.credit_note,
        done.invoice_id,
        lines={1: Decimal(1)},
        reason="torn",
        idempotency_key="world",
        approver=ADMIN,
    )
    correction = market.do(
        credit.ask_write_off,
        done.invoice_id,
        amount=rupees(1),
        reason="damp",
        idempotency_key="world",
        asker=Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(other_admin.id)),
    )
    report = market.do(
        reports.ask_for_report,
        Asked(
            kind=ReportKind.CREDIT_SUMMARY,
            period=Period(business_date(market.now), business_date(market.now)),
        ),
        file_format=ReportFormat.CSV,
        language=Language.ENGLISH,
        user_id=other_admin.id,
    )
    ids: dict[str, Any] = {
        "action_id": first(RiskAction.id),
        "account_id": first(CreditAccount.id, CreditAccount.retailer_id == asha.id),
        "appeal_id": market.do(appeals.appeal, asha.id, words="not right", score=500, actor=asha.owner).id,
        "alert_id": market.do(alerts.raise_alert, asked),
        "alias_id": first(ProductAlias.id),
        "basket_id": draft.id,
        "category": "orders",
        "claim_id": claim.id,
        "correction_id": correction.id,
        "credit_note_id": first(CreditNoteRow.id),
        "contact_id": asha.owner.contact_id,
        "conversation_id": recorded.conversation_id,
        "fulfillment_id": promised.fulfillment.fulfillment_id,
        "invoice_id": done.invoice_id,
        "jobId": job,
        "listing_id": listing,
        "name": "lapse-offers",
        "orderId": offered.order_id,
        "order_id": offered.order_id,
        "payment_id": payment.id,
        "posting_id": first(Posting.id),
        "price_list_id": agreed.id,
        "productId": noodles,
        "product_id": noodles,
        "queueName": "order-routing",
        "report_id": report.id,
        "retailer_id": asha.id,
        "roundId": round_.round_id,
        "routingId": offer.id,
        "shortage_id": shortage.id,
        "token": sign_link(
            bills_of(asha.id, (done.invoice_id,), language="en").to_json(), secret=SECRET, now=system_now()
        ),
        "vendorId": himal.id,
        "vendor_id": himal.id,
        "code": market.look(lambda session: session.get_one(Vendor, himal.id).code),
    }
    return World(asha=asha, bina=bina, himal=himal, ganga=ganga, ids=ids, waiting=waiting, on_the_way=sent)


def _waiting_basket(market: Market, shop: Shop, product: ProductId) -> int:
    helper = market.helper(shop, limit=rupees(10))
    lines = [NewLine(product_id=product, quantity=Decimal(4))]
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=helper)
    view = market.do(basket.show, order.id)
    market.do(
        placing.place,
        order.id,
        version=view.version,
        terms=Terms.CREDIT,
        actor=helper,
    )
    return order.id
