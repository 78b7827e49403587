"""Whether this process is alive, and whether the database and Redis answer."""

from __future__ import annotations

import datetime as dt
import logging
from http import HTTPStatus

from flask import Blueprint, Response
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy.exc import SQLAlchemyError

from admin_api.endpoints import ADMIN, JSON, Call, endpoint, open_endpoint, wiring
from admin_api.fields import View
from admin_api.limiter import TIMEOUT_SECONDS, Limiter
from core.db.clock import business_now
from core.messaging import queries as messaging
from core.outbox import queries as outbox

blueprint = Blueprint("api_health", __name__)
logger = logging.getLogger(__name__)


class HealthView(View):
    """`ready` means that the database answers."""

    live: bool
    ready: bool


class HealthDetails(View):
    """Without Redis, the system is slower but still does all its work: sweeps find it."""

    redis: bool
    now: dt.datetime
    oldest_unanswered_message: dt.datetime | None
    oldest_undelivered_message: dt.datetime | None
    oldest_undelivered_row: dt.datetime | None
    failed_jobs: int


@blueprint.get("/health")
@open_endpoint(tag="health", answer=HealthView, count=Limiter.of_health)
def health() -> Response:
    """Whether the process is live and ready. Admins find more under `/health/details`."""
    is_ready = True
    try:
        with wiring().database.transaction() as session:
            business_now(session)
    except SQLAlchemyError as silent:
        logger.error("the database does not answer", exc_info=silent)  # noqa: TRY400 - one line with its cause
        is_ready = False
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(HealthView(live=True, ready=is_ready).model_dump_json(), status, mimetype=JSON)


@blueprint.get("/health/details")
@endpoint(tag="health", roles=ADMIN, answer=HealthDetails)
def health_details(call: Call) -> HealthDetails:
    """Whether Redis answers, and since when the oldest work has been waiting."""
    queues = outbox.queue_counts(call.session, now=call.now)
    return HealthDetails(
        redis=redis_answers(wiring().redis_url),
        now=call.now,
        oldest_unanswered_message=messaging.oldest_unanswered(call.session),
        oldest_undelivered_message=messaging.oldest_undelivered(call.session, now=call.now),
        oldest_undelivered_row=min(
            (queue.waiting_since for queue in queues if queue.waiting_since), default=None
        ),
        failed_jobs=sum(queue.failed for queue in queues),
    )


def redis_answers(url: str) -> bool:
    try:
        with Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
