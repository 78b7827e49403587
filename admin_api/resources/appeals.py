"""Appeals of shops against a score or a block, and our answers, which they read in the chat."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, StringConstraints
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, RowId, View
from admin_api.paging import PageQuery, PageView, narrow
from core.risk.models import RiskAppeal
from core.risk.service import appeals

blueprint = Blueprint("api_appeals", __name__)


class AppealFilter(PageQuery):
    retailer_id: RowId | None = None
    is_open: bool | None = None
    sort: Literal["id", "-id"] = "-id"


class AppealOut(View):
    id: RowId
    retailer_id: int
    words: str
    score: int | None = Field(description="The credit score that the shop had then.")
    at: dt.datetime
    answer: str | None
    answered_at: dt.datetime | None
    answered_by: str | None


class AppealPage(PageView):
    items: list[AppealOut]


class AppealAnswerGiven(Given):
    """Said to the shop word for word, in one line."""

    answer: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\r\n]+$")
    ] = Field(examples=["The cheque of 3 November was counted late. Your score is 690 again."])


@blueprint.get("/risk-control/appeals")
@endpoint(tag="risk control", roles=ADMIN, answer=AppealPage, query=AppealFilter)
def list_appeals(call: Call, query: AppealFilter) -> AppealPage:
    """What shops object to, newest first."""
    wanted = narrow(select(RiskAppeal), (RiskAppeal.retailer_id, query.retailer_id))
    if query.is_open is not None:
        is_open = RiskAppeal.answered_at.is_(None)
        wanted = wanted.where(is_open if query.is_open else ~is_open)
    found = paging.cut(call.session, wanted, key=RiskAppeal.id, page=query, sort=query.sort)
    return AppealPage(items=[_out(one) for one in found.items], total=found.total, next=found.next)


@blueprint.post("/risk-control/appeals/<id:appeal_id>/answer")
@endpoint(
    tag="risk control",
    roles=ADMIN,
    answer=AppealOut,
    body=AppealAnswerGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def answer_appeal(call: Call, appeal_id: int, body: AppealAnswerGiven) -> AppealOut:
    """Answer once; the shop reads it in the chat, and the alert ends. What was wrong is put right by its own endpoint."""
    return _out(
        appeals.answer_appeal(call.session, appeal_id, answer=body.answer, actor=call.actor, now=call.now)
    )


def _out(appeal: RiskAppeal) -> AppealOut:
    return AppealOut(
        id=appeal.id,
        retailer_id=appeal.retailer_id,
        words=appeal.words,
        score=appeal.score,
        at=appeal.at,
        answer=appeal.answer,
        answered_at=appeal.answered_at,
        answered_by=appeal.answered_by,
    )
