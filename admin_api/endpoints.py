"""Checks who may ask and how often, opens one transaction, and returns one response.

`endpoint` turns a function that takes a `Call` into a view. What the function *returns* is committed, even a refusal;
what it *raises* is rolled back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, cast

from flask import Response, current_app, g, request
from pydantic import BaseModel
from spectree import Response as Answers
from sqlalchemy.orm import Session

from admin_api import problems
from admin_api.limiter import Count, Limiter
from admin_api.problems import Problem
from admin_api.rooms import Rooms
from admin_api.spec import IDEMPOTENCY_KEY, IF_MATCH, LONGEST_KEY, Contract, Document, spec
from admin_api.storable import can_all_be_stored, can_be_stored
from admin_api.tokens import AccessClaims, TokenRefused, Tokens
from core import log
from core.actor import SYSTEM, Actor, ActorKind, Via
from core.clock import system_now
from core.config import Settings
from core.db import idempotency
from core.db.clock import business_now
from core.db.idempotency import StoredResponse
from core.db.session import Database
from core.errors import DomainError, NotFound
from core.parties.models import Role, User
from core.parties.service import sign_ins
from core.refs import RetailerId, UserId, VendorId

EXTENSION = "khaacho_api"
ADMIN = frozenset({Role.ADMIN})
ADMIN_OR_RETAILER = frozenset({Role.ADMIN, Role.RETAILER})
ADMIN_OR_VENDOR = frozenset({Role.ADMIN, Role.VENDOR})
EVERYBODY = frozenset(Role)
RETAILER = frozenset({Role.RETAILER})
VENDOR = frozenset({Role.VENDOR})
JSON = "application/json"


class Medium(Protocol):
    """A photo, a voice note or a file, as its keeper gave it."""

    @property
    def content(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...


# Answers None when it is gone, or too large.
ReadMedia = Callable[[str], Medium | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wiring:
    """What the endpoints of one app share."""

    settings: Settings
    database: Database
    limiter: Limiter
    rooms: Rooms
    tokens: Tokens
    document: Document
    redis_url: str
    # Reads what people sent with their messages; None where no provider keeps it.
    read_media: ReadMedia | None = None
    # Warnings that this process has logged, so that each is logged once.
    warned: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request inside its transaction. `now` is the business clock's time; `actor` is recorded with every change."""

    session: Session
    now: dt.datetime
    actor: Actor
    user: User | None
    sign_in_id: int | None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def signed_in(self) -> User:
        if self.user is None:
            raise AssertionError("an endpoint without roles has no user")
        return self.user

    @property
    def role(self) -> Role:
        return self.signed_in.role

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def retailer_id(self) -> int | None:
        """The shop that this user acts for; None for an admin, who sees all."""
        return self.signed_in.retailer_id

    @property
    def vendor_id(self) -> int | None:
        return self.signed_in.vendor_id

    @property
    def cause(self) -> str:
        """An idempotency key for use cases: the client's if it sent one, otherwise a new one per request."""
        key = request.headers.get(IDEMPOTENCY_KEY) or secrets.token_urlsafe(16)
        return f"api:{self.signed_in.id}:{key}"

    def must_own(
        self, *, retailer_id: int | None = None, vendor_id: int | None = None, kind: str, row_id: int
    ) -> None:
        """Let an admin or the owner pass. Raises NotFound for everybody else, as if the row didn't exist."""
        if self.is_admin:
            return
        is_retailers = self.retailer_id is not None and self.retailer_id == retailer_id
        is_vendors = self.vendor_id is not None and self.vendor_id == vendor_id
        if not (is_retailers or is_vendors):
            raise NotFound(kind=kind, id=row_id)

    def must_match(self, present: BaseModel) -> None:
        """Raise a 412 if the caller's If-Match names another state than *present*. Without If-Match, do nothing."""
        wanted = request.headers.get(IF_MATCH)
        if wanted is None or wanted.strip() == "*":
            return
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        if etag_of(present.model_dump_json()) not in tags:
            raise Problem(
                HTTPStatus.PRECONDITION_FAILED,
                "changed_meanwhile",
                facts={"etag": etag_of(present.model_dump_json())},
            )


def endpoint(
    *,
    tag: str,
    roles: Collection[Role] | None,
    answer: type[BaseModel] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    raw_body: tuple[str, ...] = (),
    raw_answer: tuple[str, ...] = (),
    largest_body: int = 1_000_000,
    is_keyed: bool = False,
    has_etag: bool = False,
    needs_match: bool = False,
    refusals: Collection[HTTPStatus] = (),
    has_own_budget: bool = False,
    is_heavy: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a view of a function. It gets `call`, the path values, and `query` and `body` where they are declared."""
    contract = Contract(
        tag=tag,
        roles=None if roles is None else frozenset(roles),
        answer=answer,
        status=HTTPStatus.NO_CONTENT if answer is None and not raw_answer else status,
        query=query,
        body=body,
        raw_body=raw_body,
        raw_answer=raw_answer,
        largest_body=largest_body,
        is_keyed=is_keyed,
        has_etag=has_etag,
        needs_match=needs_match,
        refusals=frozenset(refusals),
        has_own_budget=has_own_budget,
        is_heavy=is_heavy,
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(function)
        def do(**path: Any) -> Response:
            return _do_once(contract, function, path)

        answers = Answers(**{f"HTTP_{contract.status.value}": answer})
        checked = spec.validate(
            query=query, json=body, resp=answers, tags=(tag,), operation_id=function.__name__
        )(do)

        @wraps(checked)
        def view(**path: Any) -> Response:
            return _enter(contract, checked, path)

        view.contract = contract  # type: ignore[attr-defined]
        return view

    return decorate


def open_endpoint(
    *,
    tag: str,
    answer: type[BaseModel] | None = None,
    raw_answer: tuple[str, ...] = (),
    refusals: Collection[HTTPStatus] = (),
    count: Callable[[Limiter, str], Count] = Limiter.of_address,
) -> Callable[[Callable[[], Response]], Callable[..., Response]]:
    """Make a view without user or transaction, for what must answer even when the database doesn't."""
    contract = Contract(
        tag=tag,
        roles=None,
        answer=answer,
        status=HTTPStatus.OK,
        raw_answer=raw_answer,
        refusals=frozenset(refusals),
    )

    def decorate(function: Callable[[], Response]) -> Callable[..., Response]:
        checked = spec.validate(
            resp=Answers(HTTP_200=answer), tags=(tag,), operation_id=function.__name__, skip_validation=True
        )(function)

        @wraps(checked)
        def view() -> Response:
            must_be_within(count(wiring().limiter, request.remote_addr or ""))
            return cast("Response", checked())

        view.contract = contract  # type: ignore[attr-defined]
        return view

    return decorate


def wiring() -> Wiring:
    return cast("Wiring", current_app.extensions[EXTENSION])


def etag_of(body: str) -> str:
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def _enter(contract: Contract, checked: Callable[..., Response], path: dict[str, Any]) -> Response:
    """Do what needs no transaction, then open it."""
    claims = None
    try:
        claims = _read_claims() if contract.roles is not None else None
    finally:
        # A caller without a valid token counts by address; an endpoint with its own limit isn't counted here.
        if not contract.has_own_budget:
            _stay_within_budget(claims)
    _read_address(contract, path)
    _read_body(contract)
    with _rooms(contract, claims), wiring().database.transaction() as session:
        g.call = _call(session, contract, claims)
        if contract.is_heavy and claims is not None:
            _stay_within_budget_of_party(g.call)
        with log.about(actor=g.call.actor.label):
            return checked(**path)


def _stay_within_budget_of_party(call: Call) -> None:
    """Known only once the user is read. An admin is of no party."""
    if call.retailer_id is not None or call.vendor_id is not None:
        must_be_within(
            wiring().limiter.of_party_documents(retailer_id=call.retailer_id, vendor_id=call.vendor_id)
        )


@contextmanager
def _rooms(contract: Contract, claims: AccessClaims | None) -> Iterator[None]:
    """The caller's place, and one for a heavy answer: entered before a connection is taken."""
    who = f"address {request.remote_addr}" if claims is None else f"user {claims.user_id}"
    rooms = wiring().rooms
    with rooms.requests.hold(who):
        if not contract.is_heavy:
            yield
            return
        if claims is not None:
            must_be_within(wiring().limiter.of_documents(claims.user_id))
        with rooms.documents.hold(who):
            yield


def _do_once(contract: Contract, function: Callable[..., Any], path: dict[str, Any]) -> Response:
    call: Call = g.call
    key = _idempotency_key() if contract.is_keyed else None
    if key is not None:
        answered = idempotency.begin(
            call.session, user_id=call.signed_in.id, key=key, request_hash=_request_hash(), now=system_now()
        )
        if answered:
            headers = {"Idempotency-Replayed": "true"}
            return Response(answered.body, answered.status, headers, mimetype=answered.media_type)
    given: dict[str, Any] = {}
    # Spectree has put the parsed parts here.
    parsed = cast("Any", request).context
    if contract.query:
        given["query"] = parsed.query
    if contract.body:
        given["body"] = parsed.json
    response = _response(contract, call, function(call, **path, **given))
    if key is not None and not response.is_streamed:
        body = response.get_data(as_text=True)
        answer = StoredResponse(status=response.status_code, body=body, media_type=response.mimetype or JSON)
        idempotency.store(call.session, user_id=call.signed_in.id, key=key, answer=answer)
    return response


def _response(contract: Contract, call: Call, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, DomainError):
        return problems.respond(problems.of_refusal(result))
    if isinstance(result, Problem):
        return problems.respond(result)
    if result is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    body = result.model_dump_json()
    response = Response(body, contract.status, call.headers, mimetype=JSON)
    if contract.has_etag:
        response.headers["ETag"] = etag_of(body)
        if request.method == "GET":
            return cast("Response", response.make_conditional(request))
    return response


def _read_claims() -> AccessClaims:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _sign_in_needed()
    try:
        return wiring().tokens.read_access(token.strip())
    except TokenRefused as refused:
        raise _sign_in_needed() from refused


def _sign_in_needed() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "sign_in_needed",
        title="This endpoint needs a valid access token.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _stay_within_budget(claims: AccessClaims | None) -> None:
    limiter = wiring().limiter
    must_be_within(
        limiter.of_user(claims.user_id) if claims else limiter.of_address(request.remote_addr or "")
    )


def must_be_within(count: Count) -> None:
    """Raise a 429 once the caller has used up the budget."""
    g.rate = count
    if not count.is_within:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", headers={"Retry-After": str(count.resets_in)}
        )


def _read_body(contract: Contract) -> None:
    request.max_content_length = contract.largest_body
    if contract.body is None:
        if not contract.raw_body and not _says_nothing(request.get_data(cache=True)):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "request_invalid",
                title="This operation takes no body: what it said would be ignored.",
            )
        return
    try:
        given = request.get_json()
    except RecursionError as deep:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_request", title="The JSON is nested too deeply.") from deep
    if not isinstance(given, dict):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "request_invalid", title="The body must be a JSON object."
        )
    if not can_be_stored(given):
        raise _unstorable()


def _read_address(contract: Contract, path: Mapping[str, Any]) -> None:
    """Nothing has a name that the database can't hold, so such a path leads nowhere."""
    if not can_be_stored(dict(path)):
        raise Problem(HTTPStatus.NOT_FOUND, "not_found")
    if contract.query is not None and not can_all_be_stored(request.args):
        raise _unstorable()


def _unstorable() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "request_invalid",
        title="A text holds a NUL or half a surrogate pair, which no database keeps.",
    )


def _says_nothing(body: bytes) -> bool:
    """Whether a body is empty, or the empty object that some clients always send."""
    return b"".join(body.split()) in {b"", b"{}"}


def _call(session: Session, contract: Contract, claims: AccessClaims | None) -> Call:
    now = business_now(session)
    if contract.roles is None or claims is None:
        return Call(session=session, now=now, actor=SYSTEM, user=None, sign_in_id=None)
    found = sign_ins.find_signed_in(session, claims.sign_in_id, now=system_now())
    if found is None:
        raise _sign_in_needed()
    sign_in, user = found
    if user.role not in contract.roles:
        raise Problem(HTTPStatus.FORBIDDEN, "not_allowed", facts={"roles": sorted(contract.roles)})
    return Call(session=session, now=now, actor=actor_of(user), user=user, sign_in_id=sign_in.id)


def actor_of(user: User) -> Actor:
    return Actor(
        kind=ActorKind(user.role),
        via=Via.API,
        user_id=UserId(user.id),
        retailer_id=None if user.retailer_id is None else RetailerId(user.retailer_id),
        vendor_id=None if user.vendor_id is None else VendorId(user.vendor_id),
    )


def _idempotency_key() -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or any(not "!" <= letter <= "~" for letter in key):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency_key_malformed",
            title="An Idempotency-Key is 1 to 200 visible ASCII characters.",
        )
    return key


def _request_hash() -> str:
    """Hash the request. The order of keys, in the JSON or in the query, makes no difference.

    Keyed, because a body may hold a password: an attacker could recover it from an unkeyed hash in the database.
    """
    query = sorted((name, value) for name, values in request.args.lists() for value in values)
    asked = json.dumps([request.method, request.path, query]).encode()
    body = request.get_data(cache=True)
    if request.is_json and body:
        body = json.dumps(request.get_json(), sort_keys=True).encode()
    secret = wiring().settings.jwt_secret.encode()
    return hmac.new(secret, asked + b"\n" + body, hashlib.sha256).hexdigest()
