"""The REST API under /api/v1 (one file per resource, every endpoint made by `endpoints.endpoint`), and the panel under /admin."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from admin_api import headers, metrics, panel, problems
from admin_api.endpoints import EXTENSION, ReadMedia, Wiring
from admin_api.limiter import Budgets, Limiter
from admin_api.resources import (
    alerts,
    appeals,
    audit,
    auth,
    basket_actions,
    baskets,
    claims,
    conversations,
    corrections,
    credit_accounts,
    credit_notes,
    docs,
    exchange,
    files,
    financial_export,
    fulfillments,
    health,
    import_mappings,
    invoices,
    joining,
    ledger,
    listings,
    old_debt,
    order_actions,
    order_routing,
    orders,
    payments,
    people,
    price_intelligence,
    price_lists,
    products,
    queues,
    report_files,
    retailers,
    returns,
    risk_control,
    sales_register,
    schedule,
    shortages,
    stock,
    tiers,
    users,
    vendor_performance,
    vendors,
)
from admin_api.resources import (
    settings as business_settings,
)
from admin_api.rooms import Rooms
from admin_api.spec import Document
from admin_api.tokens import Tokens
from core.config import Settings
from core.db.session import Database

RESOURCES = (
    alerts,
    appeals,
    audit,
    auth,
    basket_actions,
    baskets,
    business_settings,
    claims,
    conversations,
    corrections,
    credit_accounts,
    credit_notes,
    docs,
    exchange,
    files,
    financial_export,
    fulfillments,
    health,
    import_mappings,
    invoices,
    joining,
    ledger,
    listings,
    old_debt,
    order_actions,
    order_routing,
    orders,
    payments,
    people,
    price_intelligence,
    price_lists,
    products,
    queues,
    report_files,
    retailers,
    returns,
    risk_control,
    sales_register,
    schedule,
    shortages,
    stock,
    tiers,
    users,
    vendor_performance,
    vendors,
)


def register(
    app: Flask,
    *,
    settings: Settings,
    database: Database,
    redis_url: str,
    budgets: Budgets | None = None,
    rooms: Rooms | None = None,
    read_media: ReadMedia | None = None,
) -> None:
    """Add the API and the panel to *app*. Business follows `core.db.clock`; sign-ins follow the system clock."""
    app.url_map.converters["id"] = IdConverter
    app.extensions[EXTENSION] = Wiring(
        settings=settings,
        database=database,
        limiter=Limiter(redis_url=redis_url, budgets=budgets or Budgets()),
        rooms=rooms or Rooms.of_threads(settings.web_threads),
        tokens=Tokens(settings.jwt_secret),
        document=Document(app),
        redis_url=redis_url,
        read_media=read_media,
    )
    if settings.trusted_proxies:
        # Rate limits and slowed sign-ins count by address: the caller's, not the proxy's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    problems.register(app)
    headers.register(app)
    for resource in RESOURCES:
        app.register_blueprint(resource.blueprint, url_prefix="/api/v1")
    panel.register(app, settings)
    if settings.metrics_token:
        app.register_blueprint(
            metrics.blueprint(
                database,
                token=settings.metrics_token,
                redis_answers=lambda: health.redis_answers(redis_url),
            )
        )
    if settings.is_private:
        app.register_blueprint(schedule.clock_blueprint, url_prefix="/api/v1")


class IdConverter(IntegerConverter):
    """Matches an id that a row can have; any other path doesn't exist (404).

    The range is in the pattern, because the router would answer a later refusal with 405.
    """

    regex = r"[1-9][0-9]{0,17}"
