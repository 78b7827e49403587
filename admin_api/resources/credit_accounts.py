"""Credit accounts and their holds: a shop's limit, its debt, and what is reserved."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select, select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import RowId, Rupees, View
from admin_api.paging import PageQuery, PageView, narrow
from core.credit import queries as credit
from core.credit.kinds import HoldStatus
from core.credit.models import CreditAccount, CreditHold
from core.errors import NotFound

blueprint = Blueprint("api_credit_accounts", __name__)


class AccountFilter(PageQuery):
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    sort: Literal["id", "-id", "posted", "-posted", "limit", "-limit"] = "id"


class HoldFilter(PageQuery):
    status: HoldStatus | None = None
    sort: Literal["id", "-id"] = "-id"


class CreditAccountView(View):
    """The exposure is `posted` debt plus open holds (`held`); `available` is what is left of `limit`, at least zero."""

    id: RowId
    retailer_id: int
    vendor_id: int | None
    limit: Rupees
    posted: Rupees
    held: Rupees
    available: Rupees
    updated_at: dt.datetime


class CreditAccountPage(PageView):
    items: list[CreditAccountView]


class StandingView(CreditAccountView):
    """The account with what is due, from the ledger."""

    cash_due: Rupees
    prepaid: Rupees
    overdue: Rupees
    oldest_days_past_due: int
    next_due_on: dt.date | None
    next_due_amount: Rupees


class HoldView(View):
    id: RowId
    account_id: int
    order_id: int
    amount: Rupees
    captured: Rupees
    released: Rupees
    open: Rupees = Field(description="What is still reserved.")
    status: HoldStatus
    placed_at: dt.datetime
    resolved_at: dt.datetime | None


class HoldPage(PageView):
    items: list[HoldView]


def account_view(account: CreditAccount) -> CreditAccountView:
    return CreditAccountView(
        id=account.id,
        retailer_id=account.retailer_id,
        vendor_id=account.vendor_id,
        limit=Rupees.of_minor(account.limit_minor),
        posted=Rupees.of_minor(account.posted_minor),
        held=Rupees.of_minor(account.held_minor),
        available=Rupees.of_minor(max(account.available_minor, 0)),
        updated_at=account.updated_at,
    )


def hold_view(hold: CreditHold) -> HoldView:
    return HoldView(
        id=hold.id,
        account_id=hold.account_id,
        order_id=hold.order_id,
        amount=Rupees.of_minor(hold.amount_minor),
        captured=Rupees.of_minor(hold.captured_minor),
        released=Rupees.of_minor(hold.released_minor),
        open=Rupees.of_minor(hold.amount_minor - hold.captured_minor - hold.released_minor),
        status=hold.status,
        placed_at=hold.placed_at,
        resolved_at=hold.resolved_at,
    )


@blueprint.get("/credit-accounts")
@endpoint(tag="credit", roles=ADMIN_OR_RETAILER, answer=CreditAccountPage, query=AccountFilter)
def list_credit_accounts(call: Call, query: AccountFilter) -> CreditAccountPage:
    """Accounts with their limits and balances; a shop sees its own."""
    wanted: Select[CreditAccount] = select(CreditAccount)
    wanted = narrow(
        wanted,
        (CreditAccount.retailer_id, call.retailer_id),
        (CreditAccount.retailer_id, query.retailer_id),
        (CreditAccount.vendor_id, query.vendor_id),
    )
    sorts = {"posted": CreditAccount.posted_minor, "limit": CreditAccount.limit_minor}
    found = paging.cut(call.session, wanted, key=CreditAccount.id, page=query, sorts=sorts, sort=query.sort)
    return CreditAccountPage(
        items=[account_view(row) for row in found.items], total=found.total, next=found.next
    )


@blueprint.get("/credit-accounts/<id:account_id>")
@endpoint(tag="credit", roles=ADMIN_OR_RETAILER, answer=StandingView)
def get_credit_account(call: Call, account_id: int) -> StandingView:
    """One account, and what is due on it."""
    account = _mine(call, account_id)
    standing = credit.standing(call.session, account.retailer_id, now=call.now)
    return StandingView(
        **dict(account_view(account)),
        cash_due=Rupees.of(standing.cash_due),
        prepaid=Rupees.of(standing.prepaid),
        overdue=Rupees.of(standing.overdue),
        oldest_days_past_due=standing.oldest_days_past_due,
        next_due_on=standing.next_due_on,
        next_due_amount=Rupees.of(standing.next_due_amount),
    )


@blueprint.get("/credit-accounts/<id:account_id>/holds")
@endpoint(tag="credit", roles=ADMIN_OR_RETAILER, answer=HoldPage, query=HoldFilter)
def list_holds(call: Call, account_id: int, query: HoldFilter) -> HoldPage:
    """Holds on this account, open and resolved."""
    _mine(call, account_id)
    wanted = select(CreditHold).where(CreditHold.account_id == account_id)
    wanted = narrow(wanted, (CreditHold.status, query.status))
    found = paging.cut(call.session, wanted, key=CreditHold.id, page=query, sort=query.sort)
    return HoldPage(items=[hold_view(row) for row in found.items], total=found.total, next=found.next)


def _mine(call: Call, account_id: int) -> CreditAccount:
    account = call.session.get(CreditAccount, account_id)
    if account is None:
        raise NotFound(kind="credit_accounts", id=account_id)
    call.must_own(retailer_id=account.retailer_id, kind="credit_accounts", row_id=account_id)
    return account
