"""Users: who can sign in. Only admins create them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import func, or_, select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Email, Given, Phone, RowId, Secret, Text
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.problems import Problem
from admin_api.resources.auth import UserView, user_view
from core.clock import system_now
from core.errors import NotFound
from core.parties import queries, service
from core.parties.models import Role, User
from core.parties.service import sign_ins
from core.refs import RetailerId, UserId, VendorId

blueprint = Blueprint("api_users", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class UserFilter(PageQuery):
    role: Role | None = None
    is_active: bool | None = None
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    search: Text | None = Field(default=None, description="Part of the name or e-mail, or the whole phone.")
    sort: Literal["id", "-id", "name", "-name", "created_at", "-created_at"] = "id"


class UserGiven(Given):
    """A retailer's user needs `retailer_id`, a vendor's `vendor_id`, an admin neither."""

    role: Role
    name: Text
    email: Email | None = None
    phone: Phone | None = None
    password: Secret = Field(examples=["correct horse battery"])
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None


class UserChange(Given):
    """Only the given fields change."""

    name: Text | None = None
    email: Email | None = None
    phone: Phone | None = None


class NewPassword(Given):
    password: Secret = Field(examples=["correct horse battery"])


class UserPage(PageView):
    items: list[UserView]


@blueprint.get("/users")
@endpoint(tag="users", roles=ADMIN, answer=UserPage, query=UserFilter)
def list_users(call: Call, query: UserFilter) -> UserPage:
    """Users."""
    wanted = select(User)
    wanted = narrow(
        wanted,
        (User.role, query.role),
        (User.is_active, query.is_active),
        (User.retailer_id, query.retailer_id),
        (User.vendor_id, query.vendor_id),
    )
    if query.search:
        wanted = wanted.where(
            or_(
                User.name.icontains(query.search, autoescape=True),
                func.lower(User.email).contains(query.search.lower(), autoescape=True),
                User.phone == query.search,
            )
        )
    sorts = {"name": User.name, "created_at": User.created_at}
    found = paging.cut(call.session, wanted, key=User.id, page=query, sorts=sorts, sort=query.sort)
    return UserPage(items=[user_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/users")
@endpoint(
    tag="users",
    roles=ADMIN,
    answer=UserView,
    status=HTTPStatus.CREATED,
    body=UserGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def create_user(call: Call, body: UserGiven) -> UserView:
    """Create a user."""
    _must_fit(body)
    if body.retailer_id:
        queries.get_retailer(call.session, RetailerId(body.retailer_id))
    if body.vendor_id:
        queries.get_vendor(call.session, VendorId(body.vendor_id))
    user = service.create_user(
        call.session,
        role=body.role,
        name=body.name,
        email=body.email,
        phone=body.phone,
        password=body.password,
        retailer_id=None if body.retailer_id is None else RetailerId(body.retailer_id),
        vendor_id=None if body.vendor_id is None else VendorId(body.vendor_id),
        actor=call.actor,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/users/{user.id}"
    return user_view(user)


@blueprint.get("/users/<id:user_id>")
@endpoint(tag="users", roles=ADMIN, answer=UserView, has_etag=True)
def get_user(call: Call, user_id: int) -> UserView:
    """One user."""
    return user_view(queries.get_user(call.session, UserId(user_id)))


@blueprint.patch("/users/<id:user_id>")
@endpoint(
    tag="users",
    roles=ADMIN,
    answer=UserView,
    body=UserChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
    refusals=_CONFLICT,
)
def change_user(call: Call, user_id: int, body: UserChange) -> UserView:
    """Change the name, e-mail or phone. For another role or party, create another user."""
    user = call.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound(kind="users", id=user_id)
    call.must_match(user_view(user))
    named = body.model_fields_set
    return user_view(
        service.rename_user(
            call.session,
            UserId(user_id),
            name=body.name or user.name,
            email=body.email if "email" in named else user.email,
            phone=body.phone if "phone" in named else user.phone,
            actor=call.actor,
            now=call.now,
        )
    )


@blueprint.post("/users/<id:user_id>/activate")
@endpoint(tag="users", roles=ADMIN, answer=UserView, is_keyed=True)
def activate_user(call: Call, user_id: int) -> UserView:
    """Let the user sign in again."""
    return user_view(service.activate_user(call.session, UserId(user_id), actor=call.actor, now=call.now))


@blueprint.post("/users/<id:user_id>/deactivate")
@endpoint(tag="users", roles=ADMIN, answer=UserView, is_keyed=True, refusals=_CONFLICT)
def deactivate_user(call: Call, user_id: int) -> UserView:
    """Deactivate the user and end all their sign-ins. You can't deactivate yourself."""
    if user_id == call.signed_in.id:
        raise Problem(
            HTTPStatus.CONFLICT, "not_yourself", title="You can't deactivate yourself; another admin has to."
        )
    return user_view(service.deactivate_user(call.session, UserId(user_id), actor=call.actor, now=call.now))


@blueprint.put("/users/<id:user_id>/password")
@endpoint(tag="users", roles=ADMIN, body=NewPassword)
def reset_password(call: Call, user_id: int, body: NewPassword) -> None:
    """Set a new password for the user. All their sign-ins end."""
    service.change_password(
        call.session, UserId(user_id), password=body.password, actor=call.actor, now=call.now
    )
    keep = call.sign_in_id if user_id == call.signed_in.id else None
    sign_ins.end_other_sign_ins(call.session, user_id, keep=keep, now=system_now())


def _must_fit(body: UserGiven) -> None:
    party = {Role.ADMIN: (False, False), Role.RETAILER: (True, False), Role.VENDOR: (False, True)}
    if party[body.role] != (body.retailer_id is not None, body.vendor_id is not None):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "party_does_not_fit", title="The role doesn't match the party."
        )
    if body.email is None and body.phone is None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "user_name_missing", title="A user needs an e-mail or a phone."
        )
