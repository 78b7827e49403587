"""Who may do what: every operation of the document against everybody. An operation without a row fails the test."""

from __future__ import annotations

import pytest

from admin_api.examples import example_of
from tests.api.world import make_world

CALLERS = ("nobody", "retailer", "other retailer", "vendor", "other vendor", "admin")

OK = "ok"
# What each caller gets, in the order of CALLERS. "ok" is an answer, or a refusal for another reason than who asks.
PUBLIC = (OK, OK, OK, OK, OK, OK)
SIGNED_IN = (401, OK, OK, OK, OK, OK)
ADMINS = (401, 403, 403, 403, 403, OK)
SHOPS = (401, OK, OK, 403, 403, OK)
VENDORS = (401, 403, 403, OK, OK, OK)
ITS_SHOP = (401, OK, 404, 403, 403, OK)
ITS_VENDOR = (401, 403, 403, OK, 404, OK)
ITS_VENDOR_ALONE = (401, 403, 403, OK, 404, 403)
ITS_PARTIES = (401, OK, 404, OK, 404, OK)
# The body names the shop or the vendor: another's is refused by name.
ITS_SHOP_BY_NAME = (401, OK, 403, 403, 403, OK)
ITS_VENDOR_BY_NAME = (401, 403, 403, OK, 403, OK)

# What every shop may buy is for every shop to see.
EVERYBODYS_BUT_OTHER_VENDORS = (401, OK, OK, OK, 404, OK)

MATRIX = {
    "GET /alerts": ADMINS,
    "GET /alerts/{alert_id}": ADMINS,
    "POST /alerts/{alert_id}/acknowledge": ADMINS,
    "GET /audit": ADMINS,
    "POST /auth/login": PUBLIC,
    "POST /auth/logout": SIGNED_IN,
    "GET /auth/me": SIGNED_IN,
    "PUT /auth/password": SIGNED_IN,
    "POST /auth/refresh": PUBLIC,
    "GET /baskets": SHOPS,
    "POST /baskets": ITS_SHOP_BY_NAME,
    "POST /baskets/same-again": ITS_SHOP_BY_NAME,
    "GET /baskets/{basket_id}": ITS_SHOP,
    "POST /baskets/{basket_id}/approve": ITS_SHOP,
    "DELETE /baskets/{basket_id}/lines": ITS_SHOP,
    "PUT /baskets/{basket_id}/lines/{product_id}": ITS_SHOP,
    "POST /baskets/{basket_id}/place": ITS_SHOP,
    "POST /baskets/{basket_id}/refuse": ITS_SHOP,
    "POST /baskets/{basket_id}/show": ITS_SHOP,
    "GET /claims": SIGNED_IN,
    "POST /claims": ITS_SHOP_BY_NAME,
    "GET /claims/{claim_id}": ITS_PARTIES,
    "POST /claims/{claim_id}/confirm": ITS_VENDOR,
    "POST /claims/{claim_id}/withdraw": ITS_SHOP,
    "POST /claims/{claim_id}/reject": ITS_VENDOR,
    "GET /clock": ADMINS,
    "PUT /clock": ADMINS,
    "GET /contacts": ADMINS,
    "GET /contacts/split": ADMINS,
    "GET /contacts/{contact_id}": ADMINS,
    "POST /contacts/{contact_id}/join": ADMINS,
    "GET /conversations": ADMINS,
    "GET /conversations/{conversation_id}": ADMINS,
    "POST /conversations/{conversation_id}/hand-back": ADMINS,
    "GET /conversations/{conversation_id}/inbound": ADMINS,
    "GET /conversations/{conversation_id}/outbound": ADMINS,
    "GET /conversations/{conversation_id}/messages": ADMINS,
    "POST /conversations/{conversation_id}/messages": ADMINS,
    "POST /conversations/{conversation_id}/take-over": ADMINS,
    "GET /corrections": ADMINS,
    "POST /corrections": ADMINS,
    "GET /corrections/{correction_id}": ADMINS,
    "POST /corrections/{correction_id}/approve": ADMINS,
    "POST /corrections/{correction_id}/refuse": ADMINS,
    "GET /credit-accounts": SHOPS,
    "GET /credit-accounts/{account_id}": ITS_SHOP,
    "GET /credit-accounts/{account_id}/holds": ITS_SHOP,
    "GET /docs": PUBLIC,
    "GET /credit-notes/{credit_note_id}/pdf": ITS_PARTIES,
    "GET /fulfillments": SIGNED_IN,
    "GET /fulfillments/{fulfillment_id}": ITS_PARTIES,
    "POST /fulfillments/{fulfillment_id}/deliver": ITS_VENDOR_ALONE,
    "POST /fulfillments/{fulfillment_id}/dispatch": ITS_VENDOR,
    "POST /fulfillments/{fulfillment_id}/return": ITS_VENDOR,
    "POST /fulfillments/{fulfillment_id}/state-delivered": ADMINS,
    "POST /fulfillments/{fulfillment_id}/withdraw": ITS_VENDOR,
    "GET /health": PUBLIC,
    "GET /health/database": ADMINS,
    "GET /health/details": ADMINS,
    "GET /invoices": SIGNED_IN,
    "GET /invoices/{invoice_id}": ITS_PARTIES,
    "GET /invoices/{invoice_id}/credit-notes": ITS_PARTIES,
    "GET /invoices/{invoice_id}/pdf": ITS_PARTIES,
    "POST /invoices/{invoice_id}/credit-notes": ITS_VENDOR,
    "POST /invoices/{invoice_id}/write-offs": ADMINS,
    "GET /ledger": ADMINS,
    "GET /ledger/ageing": SHOPS,
    "GET /ledger/differences": ADMINS,
    "POST /ledger/{posting_id}/reverse": ADMINS,
    "GET /ledger/{posting_id}": ADMINS,
    "GET /listings": VENDORS,
    "POST /listings": ITS_VENDOR_BY_NAME,
    "GET /listings/export": VENDORS,
    "POST /listings/import": VENDORS,
    "DELETE /listings/{listing_id}": ITS_VENDOR,
    "GET /listings/{listing_id}": ITS_VENDOR,
    "PATCH /listings/{listing_id}": ITS_VENDOR,
    "PUT /listings/{listing_id}/price": ITS_VENDOR,
    "GET /listings/{listing_id}/special-price-changes": ITS_VENDOR,
    "GET /listings/{listing_id}/tiers": EVERYBODYS_BUT_OTHER_VENDORS,
    "PUT /listings/{listing_id}/tiers": ITS_VENDOR,
    "GET /join/{code}.png": PUBLIC,
    "GET /join/{code}.svg": PUBLIC,
    "GET /openapi.json": PUBLIC,
    "POST /order-routing/accept/{routingId}": ITS_VENDOR,
    "GET /order-routing/order/{orderId}": ADMINS,
    "POST /order-routing/override/{orderId}": ADMINS,
    "POST /order-routing/reject/{routingId}": ITS_VENDOR,
    "POST /order-routing/route/{orderId}": ADMINS,
    "GET /order-routing/vendor/{vendorId}/pending": ITS_VENDOR,
    "POST /order-routing/what-if": ADMINS,
    "POST /order-routing/what-if/{roundId}": ADMINS,
    "POST /old-bills/import": ADMINS,
    "GET /old-bills/export": ADMINS,
    "POST /retailers/{retailer_id}/old-bills": ADMINS,
    "GET /orders": SHOPS,
    "POST /orders": ITS_SHOP,
    "GET /orders/{order_id}": ITS_SHOP,
    "POST /orders/{order_id}/answer": ITS_SHOP,
    "POST /orders/{order_id}/cancel": ITS_SHOP,
    "POST /orders/{order_id}/receipt": ITS_SHOP,
    "POST /orders/{order_id}/reopen": ITS_SHOP,
    "GET /payments": SIGNED_IN,
    "POST /payments": ADMINS,
    "GET /payments/{payment_id}": ITS_PARTIES,
    "POST /payments/{payment_id}/bounce": ADMINS,
    "POST /payments/{payment_id}/clear": ADMINS,
    # The signed link is the permission.
    "GET /files/{token}/{name}.pdf": PUBLIC,
    "GET /financial-export/credit-summary": ADMINS,
    "GET /financial-export/outstanding-liability": ADMINS,
    "GET /financial-export/reports": ADMINS,
    "POST /financial-export/reports": ADMINS,
    "GET /financial-export/reports/{report_id}": ADMINS,
    "GET /financial-export/reports/{report_id}/file": ADMINS,
    "GET /financial-export/payment-discipline": ADMINS,
    "GET /financial-export/purchase-volume": ADMINS,
    "GET /price-intelligence/alerts": ADMINS,
    "GET /price-intelligence/dashboard": ADMINS,
    "GET /price-intelligence/history/{productId}": ADMINS,
    "GET /price-intelligence/market-average/{productId}": ADMINS,
    "GET /price-intelligence/recommendations/{productId}": ADMINS,
    "GET /price-intelligence/trends/{productId}": ADMINS,
    "GET /price-intelligence/volatility/{productId}": ADMINS,
    "GET /price-lists": SIGNED_IN,
    "POST /price-lists": ITS_VENDOR_BY_NAME,
    "DELETE /price-lists/{price_list_id}": ITS_VENDOR,
    "GET /price-lists/{price_list_id}": ITS_PARTIES,
    "PUT /price-lists/{price_list_id}": ITS_VENDOR,
    "GET /products": SIGNED_IN,
    "POST /products": ADMINS,
    "GET /products/export": ADMINS,
    "POST /products/import": ADMINS,
    "DELETE /products/{product_id}": ADMINS,
    "GET /products/{product_id}": SIGNED_IN,
    "PATCH /products/{product_id}": ADMINS,
    "GET /products/{product_id}/aliases": ADMINS,
    "POST /products/{product_id}/aliases": ADMINS,
    "DELETE /products/{product_id}/aliases/{alias_id}": ADMINS,
    "GET /queues/stats": ADMINS,
    "POST /queues/{queueName}/clean": ADMINS,
    "GET /queues/{queueName}/jobs": ADMINS,
    "DELETE /queues/{queueName}/jobs/{jobId}": ADMINS,
    "GET /queues/{queueName}/jobs/{jobId}": ADMINS,
    "POST /queues/{queueName}/jobs/{jobId}/retry": ADMINS,
    "POST /queues/{queueName}/pause": ADMINS,
    "POST /queues/{queueName}/resume": ADMINS,
    "GET /queues/{queueName}/stats": ADMINS,
    "GET /refusals": SHOPS,
    "GET /retailers": ADMINS,
    "POST /retailers": ADMINS,
    "GET /retailers/export": ADMINS,
    "POST /retailers/import": ADMINS,
    "GET /retailers/{retailer_id}": ITS_SHOP,
    "PATCH /retailers/{retailer_id}": ADMINS,
    "POST /retailers/{retailer_id}/activate": ADMINS,
    "POST /retailers/{retailer_id}/approve": ADMINS,
    "POST /retailers/{retailer_id}/block": ADMINS,
    "POST /retailers/{retailer_id}/deactivate": ADMINS,
    "POST /retailers/{retailer_id}/discounts": ADMINS,
    "PUT /retailers/{retailer_id}/limit": ADMINS,
    "GET /retailers/{retailer_id}/people": ITS_SHOP,
    "POST /retailers/{retailer_id}/people": ADMINS,
    "DELETE /retailers/{retailer_id}/people/{contact_id}": ADMINS,
    "PUT /retailers/{retailer_id}/people/{contact_id}/debt": ITS_SHOP,
    "POST /retailers/{retailer_id}/refuse": ADMINS,
    "GET /retailers/{retailer_id}/statement": ITS_SHOP,
    "GET /retailers/{retailer_id}/statement/pdf": ITS_SHOP,
    "POST /retailers/{retailer_id}/unblock": ADMINS,
    "PUT /retailers/{retailer_id}/vendors/{vendor_id}/limit": ADMINS,
    "GET /returns": SIGNED_IN,
    "GET /risk-control/appeals": ADMINS,
    "POST /risk-control/appeals/{appeal_id}/answer": ADMINS,
    "GET /risk-control/festivals": ADMINS,
    "PUT /risk-control/festivals": ADMINS,
    "POST /risk-control/actions/{action_id}/undo": ADMINS,
    "POST /risk-control/check/{retailer_id}": ADMINS,
    "GET /risk-control/retailers/{retailer_id}/actions": ADMINS,
    "GET /risk-control/retailers/{retailer_id}/alerts": ADMINS,
    "GET /risk-control/retailers/{retailer_id}/score": ADMINS,
    "GET /risk-control/retailers/{retailer_id}/score-history": ADMINS,
    "GET /risk-control/rules": ADMINS,
    "GET /risk-control/rules/{category}": ADMINS,
    "PUT /risk-control/rules/{category}": ADMINS,
    "POST /risk-control/rules/{category}/dry-run": ADMINS,
    "GET /schedule": ADMINS,
    "POST /schedule/{name}/run": ADMINS,
    "GET /settings": ADMINS,
    "GET /settings/{category}": ADMINS,
    "PUT /settings/{category}": ADMINS,
    "GET /settings/{category}/versions": ADMINS,
    "GET /shortages": SIGNED_IN,
    "GET /shortages/{shortage_id}": ITS_PARTIES,
    "POST /shortages/{shortage_id}/agree": ITS_VENDOR,
    "POST /shortages/{shortage_id}/refuse": ITS_VENDOR,
    "GET /stock": VENDORS,
    "GET /stock/export": VENDORS,
    "POST /stock/import": VENDORS,
    "GET /stock/{listing_id}": ITS_VENDOR,
    "PUT /stock/{listing_id}": ITS_VENDOR,
    "GET /stock/{listing_id}/movements": ITS_VENDOR,
    "GET /users": ADMINS,
    "POST /users": ADMINS,
    "GET /users/{user_id}": ADMINS,
    "PATCH /users/{user_id}": ADMINS,
    "POST /users/{user_id}/activate": ADMINS,
    "POST /users/{user_id}/deactivate": ADMINS,
    "PUT /users/{user_id}/password": ADMINS,
    "GET /vendor-performance": VENDORS,
    "POST /vendor-performance/compare": ADMINS,
    "GET /vendor-performance/needs-attention": ADMINS,
    "GET /vendor-performance/top-performers": ADMINS,
    "GET /vendor-performance/{vendorId}": ITS_VENDOR,
    "GET /vendor-performance/{vendorId}/dashboard": ITS_VENDOR,
    "GET /vendor-performance/{vendorId}/events": ITS_VENDOR,
    "GET /vendor-performance/{vendorId}/history": ITS_VENDOR,
    "GET /vendor-performance/{vendorId}/pricing": ITS_VENDOR,
    "POST /vendor-performance/{vendorId}/recalculate": ADMINS,
    "GET /vendors": ADMINS,
    "POST /vendors": ADMINS,
    "GET /vendors/{vendor_id}": ITS_VENDOR,
    "PATCH /vendors/{vendor_id}": ADMINS,
    "POST /vendors/{vendor_id}/activate": ADMINS,
    "POST /vendors/{vendor_id}/approve": ADMINS,
    "POST /vendors/{vendor_id}/close": ITS_VENDOR,
    "POST /vendors/{vendor_id}/hours": ITS_VENDOR,
    "POST /vendors/{vendor_id}/working-day": ITS_VENDOR,
    "POST /vendors/{vendor_id}/open": ITS_VENDOR,
    "POST /vendors/{vendor_id}/deactivate": ADMINS,
    "POST /vendors/{vendor_id}/refuse": ADMINS,
    "DELETE /vendors/{vendor_id}/import-mappings/{kind}": ITS_VENDOR,
    "GET /vendors/{vendor_id}/import-mappings/{kind}": ITS_VENDOR,
    "PUT /vendors/{vendor_id}/import-mappings/{kind}": ITS_VENDOR,
    "POST /vendors/{vendor_id}/import-mappings/{kind}/columns": ITS_VENDOR,
    "GET /vendors/{vendor_id}/link": ITS_VENDOR,
    "GET /vendors/{vendor_id}/people": ITS_VENDOR,
    "POST /vendors/{vendor_id}/people": ADMINS,
    "DELETE /vendors/{vendor_id}/people/{contact_id}": ADMINS,
    "GET /vendors/{vendor_id}/sales-register": ITS_VENDOR,
    "GET /vendors/{vendor_id}/settlement": ITS_VENDOR,
    "POST /vendors/{vendor_id}/settlements": ADMINS,
    "GET /vendors/{vendor_id}/statement": ITS_VENDOR,
    "GET /vendors/{vendor_id}/statement/pdf": ITS_VENDOR,
}


@pytest.fixture
def document(nobody):
    return nobody.get("/openapi.json").json


@pytest.fixture
def world(market):
    return make_world(market)


@pytest.fixture
def callers(nobody, sign_in, world):
    people = (
        nobody,
        sign_in(world.asha),
        sign_in(world.bina),
        sign_in(world.himal),
        sign_in(world.ganga),
        sign_in(),
    )
    world.ids["user_id"] = people[1].user["id"]
    return dict(zip(CALLERS, people, strict=True))


def test_every_operation_answers_everybody_as_the_matrix_says(document, callers, world, connection):
    operations = dict(_operations(document))
    assert set(operations) == set(MATRIX), "an operation and its row in MATRIX belong together"

    wrong = []
    for name, operation in operations.items():
        method, path = name.split(" ")
        path = path.format(**_ids(name, world))
        body = _body(operation, document, world)
        for caller, expected in zip(CALLERS, MATRIX[name], strict=True):
            attempt = connection.begin_nested()
            answer = callers[caller].ask(method, path, **body)
            attempt.rollback()
            got = answer.status_code
            is_right = got not in (401, 403, 404) if expected is OK else got == expected
            is_own_fault = got >= 500 or got in (400, 405, 415)
            # What is asked of everybody must be well-formed, or the test would prove nothing.
            is_malformed = got == 422 and answer.json["code"] == "request_invalid"
            if name in _PUBLIC_REFUSALS and got == 401:
                is_right = True
            if not is_right or is_own_fault or is_malformed:
                wrong.append((name, caller, expected, got, answer.text[:300]))
    assert not wrong, "\n".join(map(str, wrong))


def test_lists_show_others_nothing(document, callers, world):
    own = {
        "other retailer": ("retailer_id", world.bina.id),
        "retailer": ("retailer_id", world.asha.id),
        "other vendor": ("vendor_id", world.ganga.id),
        "vendor": ("vendor_id", world.himal.id),
    }
    seen = set()
    for name, operation in _operations(document):
        method, path = name.split(" ")
        if method != "GET" or "{" in path or "items" not in _answer_fields(operation, document):
            continue
        for caller, (party, party_id) in own.items():
            answer = callers[caller].get(path)
            items = answer.json.get("items", []) if answer.status_code == 200 else []
            if items and party in items[0]:
                seen.add((caller, path))
                assert {item[party] for item in items} == {party_id}, (name, caller)

    assert {path for caller, path in seen if caller == "retailer"} >= {
        "/baskets",
        "/claims",
        "/credit-accounts",
        "/fulfillments",
        "/invoices",
        "/orders",
        "/payments",
        "/shortages",
    }
    assert {path for caller, path in seen if caller == "vendor"} >= {
        "/claims",
        "/fulfillments",
        "/invoices",
        "/listings",
        "/payments",
        "/shortages",
        "/stock",
        "/vendor-performance",
    }


def test_document_names_the_roles_that_the_matrix_lets_in(document):
    for name, operation in _operations(document):
        row = dict(zip(CALLERS, MATRIX[name], strict=True))
        let_in = {
            role
            for role, caller in (("retailer", "retailer"), ("vendor", "vendor"), ("admin", "admin"))
            if row[caller] is OK
        }
        expected = set() if row["nobody"] is OK else let_in
        assert set(operation["x-roles"]) == expected, name


# Sign-in answers a wrong password like a missing token.
_PUBLIC_REFUSALS = {"POST /auth/login", "POST /auth/refresh", "PUT /auth/password"}


def _ids(name, world):
    """The owner answers a helper's basket and not the open one; only what is on its way is delivered or comes back."""
    if "/risk-control/rules/" in name:
        return world.ids | {"category": "payment_delay_threshold"}
    if "/import-mappings/" in name:
        return world.ids | {"kind": "stock"}
    if name.endswith(("{basket_id}/approve", "{basket_id}/refuse")):
        return world.ids | {"basket_id": world.waiting}
    if name == "DELETE /vendors/{vendor_id}/people/{contact_id}":
        return world.ids | {"contact_id": world.himal.owner.contact_id}
    if name.endswith(("/deliver", "/return")):
        return world.ids | {"fulfillment_id": world.on_the_way}
    return world.ids


def _operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path.removeprefix('/api/v1')}", operation


def _body(operation, document, world):
    if "requestBody" not in operation:
        return {}
    (kind, content), *_ = operation["requestBody"]["content"].items()
    if kind != "application/json":
        return {"data": b"sku\n", "content_type": kind}
    body = example_of(content["schema"], document["components"]["schemas"])
    known = {
        "retailer_id": world.asha.id,
        "vendor_id": world.himal.id,
        "product_id": world.ids["product_id"],
        "vendor_ids": [world.himal.id, world.ganga.id],
        "invoice_id": world.ids["invoice_id"],
        "other_id": world.bina.owner.contact_id,
    }
    for name, value in known.items():
        if name in body:
            body[name] = value
    for line in body.get("lines") or []:
        if "product_id" in line:
            line["product_id"] = world.ids["product_id"]
        if "listing_id" in line:
            line["listing_id"] = world.ids["listing_id"]
    for name in ("corrects", "order_line_id", "payee"):
        body.pop(name, None)
    return {"json": _fitting(operation["operationId"], body)}


def _fitting(operation, body):
    """Examples name every field; some fields exclude each other."""
    match operation:
        case "login":
            body.pop("phone")
        case "ask_correction":
            body.pop("retailer_id")
        case "create_user":
            body |= {"role": "retailer"}
            body.pop("vendor_id")
        case "put_clock":
            body.pop("to")
        case "set_price":
            body["price"]["amount"] = "21"
        case _:
            pass
    return body


def _answer_fields(operation, document):
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json")
    if not content or "$ref" not in content.get("schema", {}):
        return {}
    return document["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]].get(
        "properties", {}
    )
