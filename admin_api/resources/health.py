"""Whether this process lives, and whether what it stands on does."""

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

from admin_api.endpoints import JSON, open_endpoint, wiring
from admin_api.fields import View
from admin_api.limiter import TIMEOUT_SECONDS
from core.db.clock import business_now
from core.messaging import queries as messaging
from core.outbox import queries as outbox

blueprint = Blueprint("api_health", __name__)
logger = logging.getLogger(__name__)


class HealthView(View):
    """`ready` wants the database. Without Redis the system is slower and does all it should: sweeps find the work."""

    live: bool
    ready: bool
    database: bool
    redis: bool
    now: dt.datetime | None
    oldest_unanswered_message: dt.datetime | None
    oldest_undelivered_message: dt.datetime | None
    oldest_undelivered_row: dt.datetime | None
    failed_jobs: int


@blueprint.get("/health")
@open_endpoint(tag="health", answer=HealthView)
def health() -> Response:
    """Live and ready, and how long the oldest work has been waiting."""
    with_redis = _redis_answers()
    try:
        view = _view(with_redis=with_redis)
    except SQLAlchemyError as silent:
        logger.error("the database does not answer", exc_info=silent)  # noqa: TRY400 - one line with its cause
        view = HealthView(
            live=True,
            ready=False,
            database=False,
            redis=with_redis,
            now=None,
            oldest_unanswered_message=None,
            oldest_undelivered_message=None,
            oldest_undelivered_row=None,
            failed_jobs=0,
        )
    status = HTTPStatus.OK if view.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(view.model_dump_json(), status, mimetype=JSON)


def _view(*, with_redis: bool) -> HealthView:
    with wiring().database.transaction() as session:
        now = business_now(session)
        queues = outbox.queue_counts(session, now=now)
        return HealthView(
            live=True,
            ready=True,
            database=True,
            redis=with_redis,
            now=now,
            oldest_unanswered_message=messaging.oldest_unanswered(session),
            oldest_undelivered_message=messaging.oldest_undelivered(session, now=now),
            oldest_undelivered_row=min(
                (queue.waiting_since for queue in queues if queue.waiting_since), default=None
            ),
            failed_jobs=sum(queue.failed for queue in queues),
        )


def _redis_answers() -> bool:
    try:
        with Redis.from_url(
            wiring().redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
