"""Turns refusals, bad requests and our own faults into problems (RFC 9457), each with a stable code."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from admin_api.fields import Rupees
from core.db.session import is_lock_taken
from core.errors import DomainError
from core.money import Money

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
DOCS = "/api/v1/docs"
TRY_AGAIN_SECONDS = 5

logger = logging.getLogger(__name__)

# A refusal that isn't listed here is a 422: understood, but not possible as asked.
STATUS_OF_CODE: Mapping[str, HTTPStatus] = {
    "not_found": HTTPStatus.NOT_FOUND,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "party_inactive": HTTPStatus.FORBIDDEN,
    "sign_in_refused": HTTPStatus.UNAUTHORIZED,
    "sign_in_ended": HTTPStatus.UNAUTHORIZED,
    "sign_in_slowed": HTTPStatus.TOO_MANY_REQUESTS,
    "import_busy": HTTPStatus.TOO_MANY_REQUESTS,
    "link_expired": HTTPStatus.GONE,
} | dict.fromkeys(
    (
        "account_open_already",
        "alert_not_open",
        "appeal_answered",
        "approval_needed",
        "already_approved",
        "already_done",
        "already_taken_over",
        "cash_not_stated",
        "changed_meanwhile",
        "cheque_not_open",
        "bill_brought_before",
        "bill_looks_brought",
        "claim_answered",
        "claim_needs_admin",
        "clock_moves_forward_only",
        "code_locked",
        "correction_answered",
        "hold_resolved",
        "idempotency_key_reused",
        "import_collided",
        "job_busy",
        "queue_not_pausable",
        "job_waits_already",
        "last_owner",
        "limit_changed_since",
        "not_taken_over",
        "window_closed",
        "listing_exists",
        "nothing_asked",
        "question_changed",
        "offer_expired",
        "offer_not_open",
        "payment_held",
        "posting_reversed",
        "price_change_held",
        "price_lists_overlap",
        "reference_taken",
        "report_not_ready",
        "second_person_needed",
        "retailer_not_judged",
        "risk_action_ended",
        "risk_action_not_reversible",
        "settlement_held",
        "settings_changed_meanwhile",
        "shortage_answered",
        "sku_taken",
        "stock_below_promised",
        "stock_not_reserved",
        "stock_short",
        "too_late",
        "user_name_taken",
        "vendor_limit_full",
    ),
    HTTPStatus.CONFLICT,
)

_CODE_OF_STATUS = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "sign_in_needed",
    HTTPStatus.FORBIDDEN: "not_allowed",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "unexpected",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}


class FieldProblem(BaseModel):
    """One thing that is wrong with the request."""

    model_config = ConfigDict(defer_build=True)

    field: str = Field(description="Where, for example `lines.0.quantity`.", examples=["lines.0.quantity"])
    code: str = Field(examples=["greater_than"])
    message: str = Field(examples=["Input should be greater than 0"])


class ProblemView(BaseModel):
    """Why a request failed. `code` is stable, `facts` explain it, and `title` is for developers."""

    model_config = ConfigDict(
        defer_build=True,
        json_schema_extra={
            "examples": [
                {
                    "type": f"{DOCS}#too_late",
                    "title": "It is too late: the order has moved on or ended.",
                    "status": 409,
                    "code": "too_late",
                    "instance": "/api/v1/orders/17/cancel",
                    "facts": {"short_code": 1042, "status": "dispatched"},
                    "errors": [],
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    code: str
    instance: str
    facts: dict[str, Any]
    errors: list[FieldProblem]


class Problem(Exception):
    """Ends a request with this problem. Raised, it rolls the transaction back; returned by an endpoint, it commits."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        *,
        title: str | None = None,
        facts: Mapping[str, Any] | None = None,
        errors: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title or status.phrase
        self.facts = dict(facts or {})
        self.errors = errors
        self.headers = dict(headers or {})


def of_refusal(refused: DomainError) -> Problem:
    """The problem to send for a refusal by the core."""
    status = STATUS_OF_CODE.get(refused.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_seconds" in refused.facts:
        headers["Retry-After"] = str(refused.facts["retry_after_seconds"])
    title = (type(refused).__doc__ or status.phrase).strip().splitlines()[0].replace("`", "")
    return Problem(status, refused.code, title=title, facts=refused.facts, headers=headers)


def busy() -> Problem:
    """What a request asks for is in use at this moment; nothing is wrong with the request, and nothing was done."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        title="Too much is being done at this moment. Nothing was changed; try again.",
        headers={"Retry-After": str(TRY_AGAIN_SECONDS)},
    )


def of_validation(invalid: ValidationError) -> Problem:
    """The problem for an invalid request. Leaves out the values, which may be secrets."""
    errors = tuple(
        FieldProblem(
            field=".".join(str(part) for part in error["loc"]), code=error["type"], message=error["msg"]
        )
        for error in invalid.errors(include_url=False, include_context=False, include_input=False)
    )
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "request_invalid",
        title="The request doesn't match its schema.",
        errors=errors,
    )


def respond(problem: Problem) -> Response:
    body = ProblemView(
        type=f"{DOCS}#{problem.code}",
        title=problem.title,
        status=problem.status,
        code=problem.code,
        instance=request.path,
        facts=json_safe(problem.facts),
        errors=list(problem.errors),
    )
    return Response(
        body.model_dump_json(), status=problem.status, mimetype=MEDIA_TYPE, headers=problem.headers
    )


def code_of(status: HTTPStatus) -> str:
    """The code of a problem that is only an HTTP status."""
    return _CODE_OF_STATUS.get(status, status.name.lower())


def json_safe(value: Any) -> Any:
    """*value* as JSON: money and `*_minor` as amounts, decimals as text, instants in UTC."""
    if isinstance(value, Mapping):
        return dict(_fact(str(key), fact) for key, fact in value.items())
    if isinstance(value, Money):
        return Rupees.of(value).model_dump()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date | dt.timedelta):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [json_safe(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return json.loads(json.dumps(value, default=str))


def _fact(key: str, fact: Any) -> tuple[str, Any]:
    if key.endswith("_minor") and isinstance(fact, int):
        return key.removesuffix("_minor"), Rupees.of_minor(fact).model_dump()
    return key, json_safe(fact)


def register(app: Flask) -> None:
    """Answer every error under our prefix with a problem. Other blueprints handle their own errors."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(DomainError, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(PoolExhausted, _answer_database)


def is_ours() -> bool:
    return request.path.startswith(PREFIX)


def _answer_refusal(refused: DomainError) -> Response:
    if not is_ours():
        raise refused
    return respond(of_refusal(refused))


def _answer_http(raised: HTTPException) -> Response | HTTPException:
    if not is_ours() or raised.response is not None:
        return raised
    status = HTTPStatus(raised.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    own = {"content-type", "content-length"}
    headers = {name: value for name, value in raised.get_headers(request.environ) if name.lower() not in own}
    return respond(Problem(status, code_of(status), headers=headers))


def _answer_database(raised: DBAPIError | PoolExhausted) -> Response:
    """Answer 503 if the database can't be reached, or somebody holds a row; any other database error is our own fault."""
    if is_ours() and is_lock_taken(raised):
        logger.warning("a row was held for too long", exc_info=raised)
        return respond(busy())
    if not is_ours() or not isinstance(raised, OperationalError | InterfaceError | PoolExhausted):
        raise raised
    logger.error("the database does not answer", exc_info=raised)
    headers = {"Retry-After": str(TRY_AGAIN_SECONDS)}
    return respond(Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", headers=headers))
