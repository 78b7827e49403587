"""The figures that Prometheus reads, the page that shows them, and the files that use them."""

import json
import re

import pytest
from flask import Flask

import admin_api
from core.config import PROJECT_ROOT, load_settings
from core.db.clock import business_now
from core.monitoring.figures import figures
from core.outbox.models import Queue
from core.outbox.service import add_job

TOKEN = "a-token-for-a-scrape-0123456789"
MONITORING = PROJECT_ROOT / "deploy/monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text()


def read(session, name):
    found = {figure.name: figure for figure in figures(session, now=business_now(session))}
    return dict(found[name].values)


def test_a_waiting_job_is_counted_in_its_queue_and_ages(session):
    now = business_now(session)
    add_job(session, "note", queue=Queue.WHATSAPP, arguments={}, dedup_key=None, now=now)

    assert read(session, "khaacho_jobs")["whatsapp", "due"] == 1
    assert 0 <= read(session, "khaacho_queue_age_seconds")["whatsapp",] < 60


def test_every_figure_can_be_read_in_an_empty_market(session):
    assert len(figures(session, now=business_now(session))) >= 15


@pytest.fixture
def client(database, redis_url):
    settings = load_settings({"ENVIRONMENT": "test", "JWT_SECRET": "x" * 40, "METRICS_TOKEN": TOKEN})
    app = Flask(__name__)
    admin_api.register(app, settings=settings, database=database, redis_url=redis_url)
    return app.test_client()


def test_who_has_the_token_reads_the_figures(client):
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert page.status_code == 200
    assert page.content_type.startswith("text/plain")
    assert "khaacho_database_up 1.0" in page.text
    assert "khaacho_redis_up 1.0" in page.text


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer another", TOKEN + "x"])
def test_nobody_else_does(client, given):
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_alerts_and_dashboard_use_only_figures_that_there_are(session):
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    queries = ALERTS + " ".join(
        target["expr"] for panel in dashboard["panels"] for target in panel["targets"]
    )
    there = {figure.name for figure in figures(session, now=business_now(session))}

    used = set(re.findall(r"\bkhaacho_\w+", queries))
    assert used - there == {"khaacho_database_up", "khaacho_redis_up"}


@pytest.mark.parametrize("alert", re.findall(r"alert: (\w+)", ALERTS))
def test_every_alert_has_a_section_of_the_runbook(alert):
    runbook = (PROJECT_ROOT / "docs/runbook.md").read_text(encoding="utf-8")

    assert f"\n### {alert}\n" in runbook
