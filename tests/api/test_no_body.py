"""What an operation would ignore, it refuses: a body where it takes none."""

import pytest

from admin_api.spec import contract_of
from core.credit.models import PaymentClaim
from core.money import rupees

WRITES = ("POST", "PUT", "PATCH", "DELETE")


def operations_without_body(app):
    for rule in app.url_map.iter_rules():
        contract = contract_of(app.view_functions[rule.endpoint])
        if contract is None or contract.body or contract.raw_body:
            continue
        path = rule.rule.removeprefix("/api/v1")
        for name in rule.arguments:
            path = path.replace(f"<id:{name}>", "1").replace(f"<{name}>", "x")
        yield from ((method, path) for method in WRITES if method in (rule.methods or ()))


def test_no_operation_without_a_body_ignores_one(app, admin):
    asked = list(operations_without_body(app))

    answers = {
        operation: admin.ask(*operation, json={"received": {"amount": "99999.00"}}) for operation in asked
    }

    assert len(asked) > 20
    wrong = {
        operation: answer.status_code for operation, answer in answers.items() if answer.status_code != 422
    }
    assert wrong == {}
    assert {answer.json["code"] for answer in answers.values()} == {"request_invalid"}


@pytest.fixture
def claim_id(market, sign_in):
    shop = market.shop()
    claimed = sign_in(shop).post(
        "/claims", {"method": "esewa", "reference": "A1", "amount": {"amount": "100.00"}}
    )
    assert claimed.status_code == 201
    return claimed.json["id"]


@pytest.mark.parametrize(
    "body", [b'{"received": {"amount": "NaN"}}', b'{"received": {"amount": "99999.00"}}', b"[]", b"x=1"]
)
def test_a_confirmation_that_says_another_sum_books_nothing(admin, claim_id, session, body):
    refused = admin.post(f"/claims/{claim_id}/confirm", data=body, content_type="application/json")

    assert (refused.status_code, refused.json["code"]) == (422, "request_invalid")
    assert session.get_one(PaymentClaim, claim_id).payment_id is None


@pytest.mark.parametrize("body", [b"", b"{}", b" { } \n"])
def test_a_body_that_says_nothing_is_as_good_as_none(admin, claim_id, session, body):
    confirmed = admin.post(f"/claims/{claim_id}/confirm", data=body, content_type="application/json")

    assert confirmed.status_code == 200
    assert session.get_one(PaymentClaim, claim_id).amount_minor == rupees(100).minor
