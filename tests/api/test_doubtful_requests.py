"""What could be meant in two ways, or is rather a slip, is refused and changes nothing."""

from collections import defaultdict

import pytest

from core.actor import SYSTEM
from core.credit.models import Invoice, Payment, PaymentClaim
from core.exchange.concurrency import take_slot
from core.money import rupees
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment
from core.parties import service as parties
from core.parties.models import Role
from core.routing.models import OfferStatus
from tests.api.conftest import PASSWORD, make_app, signed_in
from tests.api.sheets import csv_of, send
from tests.api.world import make_world
from tests.market import Market


@pytest.fixture
def deal(market):
    shop, vendor, noodles = market.shop(), market.wholesaler("Himal Traders"), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    return shop, vendor, noodles


def refused(answer, status=422, code="request_invalid"):
    return (answer.status_code, answer.json["code"]) == (status, code)


def test_an_acceptance_that_names_a_line_twice_changes_nothing(market, deal, sign_in):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    offer = market.offer_to(vendor, placed.order_id)
    himal, line = (
        sign_in(vendor),
        {"order_line_id": market.order(placed.order_id).lines[0].line.order_line_id},
    )

    answer = himal.post(
        f"/order-routing/accept/{offer.id}",
        {"lines": [line | {"quantity": "4"}, line | {"quantity": "10"}]},
    )

    assert refused(answer)
    assert market.count(Fulfillment) == 0
    assert market.offer_to(vendor, placed.order_id).status is OfferStatus.OPEN


def test_a_delivery_or_a_credit_note_that_names_a_line_twice_changes_nothing(market, deal, sign_in, admin):
    shop, vendor, noodles = deal
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))
    himal, path = sign_in(vendor), f"/fulfillments/{sent.fulfillment_id}"
    line = {"order_line_id": sent.lines[0].line.order_line_id}
    short = [line | {"quantity": "1"}, line | {"quantity": "2"}]

    assert refused(himal.post(f"{path}/deliver", {"code": sent.delivery_code, "short": short}))
    assert refused(admin.post(f"{path}/state-delivered", {"reason": "seen", "short": short}))
    assert himal.get(path).json["status"] == FulfillmentStatus.DISPATCHED
    assert market.count(Invoice) == 0

    bill = market.deliver(vendor, sent.delivery_code)
    twice = [{"position": 1, "quantity": "1"}] * 2
    noted = admin.post(f"/invoices/{bill.invoice_id}/credit-notes", {"lines": twice, "reason": "torn"})
    assert refused(noted)
    assert admin.get(f"/invoices/{bill.invoice_id}").json["outstanding"]["amount"] == "200.00"


@pytest.mark.parametrize(
    "number", ["1e1", "1E1", "1_0", "٣", "१०", " 10", "+", "NaN", "Infinity", ".5", "0x1"]
)
def test_a_quantity_is_written_in_decimal_notation(market, deal, admin, number):
    shop, _, noodles = deal

    answer = admin.post(
        "/orders", {"retailer_id": shop.id, "lines": [{"product_id": noodles, "quantity": number}]}
    )

    assert refused(answer)
    assert admin.get("/orders").json["total"] == 0


@pytest.mark.parametrize("amount", ["1e3", "1_000", "१०", " 10", "NaN", "1,000"])
def test_an_amount_is_written_in_decimal_notation(market, deal, admin, amount):
    body = {"retailer_id": deal[0].id, "method": "cash", "amount": {"amount": amount}}

    assert refused(admin.post("/payments", body))
    assert market.count(Payment) == 0


def test_a_payment_far_above_the_debt_waits_until_it_is_confirmed(market, deal, admin):
    body = {"retailer_id": deal[0].id, "method": "cash", "amount": {"amount": "500000.01"}}
    key = {"Idempotency-Key": "slip"}

    held = admin.post("/payments", body)
    assert refused(held, 409, "payment_held")
    assert held.json["facts"]["owed"]["amount"] == "0.00"
    assert held.json["facts"]["ceiling"]["amount"] == "500000.00"
    assert market.count(Payment) == 0

    meant = admin.post("/payments", body | {"is_confirmed": True}, headers=key)
    assert (meant.status_code, meant.json["amount"]["amount"]) == (201, "500000.01")
    at_the_limit = admin.post("/payments", body | {"amount": {"amount": "500000.00"}})
    assert at_the_limit.status_code == 201


def test_a_correction_of_nobodys_claim_or_of_anothers_is_unknown(market, deal, sign_in):
    shop, _, _ = deal
    other = sign_in(market.shop("Bina Store"))
    body = {"method": "esewa", "reference": "B1", "amount": {"amount": "50.00"}}
    theirs = other.post("/claims", body).json["id"]
    asha = sign_in(shop)

    for corrects in (theirs, theirs + 1_000):
        answer = asha.post("/claims", body | {"reference": "A1", "corrects": corrects})
        assert refused(answer, 404, "not_found")

    assert market.count(PaymentClaim) == 1
    assert other.get(f"/claims/{theirs}").json["status"] == "open"


@pytest.mark.parametrize(
    "typed",
    [
        "FW12\u200b",
        "\u202aFW12\u202c",
        "ＦＷ１２",
        "fw 12",
        "F\u00adW\u206012",
        "FW-12",
        "#FW12",
        "FW12.",
        "fw/12",
    ],
)
def test_one_reference_is_booked_once_however_it_was_pasted(market, deal, admin, typed):
    body = {"retailer_id": deal[0].id, "method": "esewa", "amount": {"amount": "50.00"}}
    assert admin.post("/payments", body | {"reference": "FW12"}).status_code == 201

    assert refused(admin.post("/payments", body | {"reference": typed}), 409, "reference_taken")
    assert refused(admin.post("/claims", body | {"reference": typed}), 409, "reference_taken")
    assert (market.count(Payment), market.count(PaymentClaim)) == (1, 0)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
@pytest.mark.parametrize(
    "rows",
    [
        ["sku@name@reference_price", "A@Noodles@12,50", "B@Rice@9"],
        ["sku@name"],
        ['"sku"@"name"', '"A"@"Noodles, 75 g"'],
        ["sku@name@reference_price", *[f"A{n}@Noodles@12,50" for n in range(40)]],
    ],
)
def test_a_file_with_another_separator_is_told_which_it_is(admin, sign, rows):
    answer = send(admin, "products", csv_of(*[row.replace("@", sign) for row in rows]))

    assert refused(answer, code="file_not_understood")
    assert (answer.json["facts"]["reason"], answer.json["facts"]["separator"]) == (
        "separator_is_not_a_comma",
        sign,
    )


def test_one_party_has_one_file_read_at_a_time(settings, fresh_database):
    database = fresh_database.database
    market, app = Market(database), make_app(settings, database)
    himal, ganga = market.wholesaler("Himal Traders"), market.wholesaler("Ganga Suppliers")
    clients = {}
    for vendor, email in ((himal, "himal@example.com"), (ganga, "ganga@example.com")):
        market.do(
            parties.create_user,
            role=Role.VENDOR,
            name=email,
            email=email,
            password=PASSWORD,
            vendor_id=vendor.id,
            actor=SYSTEM,
        )
        clients[vendor.id] = signed_in(app, email)
    body = csv_of("sku,on_hand", "UNKNOWN,5")

    with database.transaction() as session:
        take_slot(session, actor=himal.owner)
        own = send(clients[himal.id], "stock", body)
        others = send(clients[ganga.id], "stock", body)

    assert refused(own, 429, "import_busy")
    assert own.headers["Retry-After"] == "10"
    assert others.json["code"] == "import_refused"
    assert send(clients[himal.id], "stock", body).json["code"] == "import_refused"


def test_a_bare_number_is_no_date(market, admin, nobody):
    """Readers of dates take it for seconds since 1970, so a slip would silently ask about another day."""
    make_world(market)
    asked = 0
    for path, methods in nobody.get("/openapi.json").json["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and "date" in str(parameter["schema"]):
                url = path.removeprefix("/api/v1").format_map(defaultdict(lambda: 1))
                for number in ("0", "0.5", "1764115200", "-1"):
                    answer = admin.get(f"{url}?{parameter['name']}={number}")
                    assert refused(answer), (path, parameter["name"], number, answer.json)
                asked += 1
    assert asked >= 20
    for number in (0, 1764115200, "1764115200", 0.5):
        assert refused(admin.post("/vendors/1/close", {"day": number})), number
