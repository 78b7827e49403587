"""`GET /metrics` for Prometheus: figures of the whole system, for who has METRICS_TOKEN. Without a token it isn't there."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from http import HTTPStatus

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.db.clock import business_now
from core.db.session import Database
from core.monitoring.figures import Figure, figures

# A scrape that a busy database can't answer in time is given up, so that it never makes things worse.
_LONGEST_QUERY = "3s"


def blueprint(database: Database, *, token: str, redis_answers: Callable[[], bool]) -> Blueprint:
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    def scrape() -> Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        registry = CollectorRegistry()
        registry.register(_Read(database, redis_answers))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return metrics


class _Read(Collector):
    def __init__(self, database: Database, redis_answers: Callable[[], bool]) -> None:
        self._database, self._redis_answers = database, redis_answers

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing, so that registering reads nothing."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        found: list[Figure] = []
        is_up = True
        try:
            with self._database.transaction() as session:
                session.execute(text(f"SET LOCAL statement_timeout = '{_LONGEST_QUERY}'"))
                found = figures(session, now=business_now(session))
        except SQLAlchemyError:
            is_up = False
        yield _gauge("khaacho_database_up", "Whether the database answers in time.", is_up)
        yield _gauge("khaacho_redis_up", "Whether Redis answers.", self._redis_answers())
        for figure in found:
            family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
            for labels, value in figure.values:
                family.add_metric(labels, value)
            yield family


def _gauge(name: str, said: str, value: bool) -> GaugeMetricFamily:  # noqa: FBT001 - the value itself
    return GaugeMetricFamily(name, said, value=float(value))
