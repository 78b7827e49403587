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
from core.monitoring.database import read_view
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


class SlowQuery(View):
    """One kind of statement, its constants left out, over all its calls."""

    query: str
    calls: int
    mean_ms: float
    max_ms: float
    total_ms: float
    rows: int


class IndexUsage(View):
    table_name: str
    index_name: str
    scans: int
    bytes: int
    is_unique: bool


class TableBloat(View):
    table_name: str
    live_rows: int
    dead_rows: int
    dead_percent: float
    bytes: int
    vacuumed_at: dt.datetime | None
    analyzed_at: dt.datetime | None


class MissingIndex(View):
    """A large table that is often read from end to end."""

    table_name: str
    full_scans: int
    index_scans: int
    rows_per_full_scan: int
    live_rows: int


class DatabaseView(View):
    """The first fifty rows of each view; `slow_queries` is empty if the server doesn't load pg_stat_statements."""

    slow_queries: list[SlowQuery]
    index_usage_stats: list[IndexUsage]
    table_bloat_stats: list[TableBloat]
    missing_indexes: list[MissingIndex]


@blueprint.get("/health/database")
@endpoint(tag="health", roles=ADMIN, answer=DatabaseView)
def health_database(call: Call) -> DatabaseView:
    """How the database does: slow queries, unused indexes, dead rows, and tables that lack an index."""
    return DatabaseView(
        slow_queries=[SlowQuery(**row) for row in read_view(call.session, "slow_queries")],
        index_usage_stats=[IndexUsage(**row) for row in read_view(call.session, "index_usage_stats")],
        table_bloat_stats=[TableBloat(**row) for row in read_view(call.session, "table_bloat_stats")],
        missing_indexes=[MissingIndex(**row) for row in read_view(call.session, "missing_indexes")],
    )


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
