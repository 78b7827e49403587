"""Reports in the background: 202, a status to watch, and the same file as at once."""

import datetime as dt

import pytest

import wsgi
from core.jobs.handlers import OutsideHandler
from core.money import rupees
from core.outbox.models import Queue
from core.reports import retention, service
from core.reports.errors import ReportTooLong
from core.reports.models import ReportPart
from tests.running_jobs import run_due

HANDLERS = {service.WRITE_REPORT: OutsideHandler(act=service.write_report)}
PERIOD = {"startDate": "2026-11-01", "endDate": "2026-11-30"}


@pytest.fixture
def owed(market):
    """Two shops that bought something."""
    vendor, goods = market.wholesaler(), market.product()
    market.sells(vendor, goods, price=rupees(20))
    for name in ("Asha Kirana", "=Bina"):
        placed = market.place(market.shop(name), {goods: 5})
        market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)


def work(database):
    return run_due(database, HANDLERS, queues=[Queue.REPORT_GENERATION])


@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx", "pdf"])
def test_a_report_is_asked_for_watched_and_downloaded(owed, admin, database, file_format):
    asked = admin.post(
        "/financial-export/reports", {"report": "outstanding-liability", "format": file_format, **PERIOD}
    )
    where = asked.headers["Location"].removeprefix("/api/v1")
    assert (asked.status_code, asked.json["status"], asked.json["file"]) == (202, "waiting", None)
    early = admin.get(f"{where}/file")
    assert (early.status_code, early.json["code"]) == (409, "report_not_ready")

    work(database)

    seen = admin.get(where).json
    assert (seen["status"], seen["rows_written"], seen["rows_expected"]) == ("ready", 2, 2)
    file = admin.get(seen["file"].removeprefix("/api/v1"))
    assert (file.status_code, len(file.data), file.content_length) == (200, *[seen["size_bytes"]] * 2)
    if file_format == "csv":
        period = "startDate=2026-11-01&endDate=2026-11-30"
        at_once = admin.get(f"/financial-export/outstanding-liability?format=csv&{period}")
        assert file.data == at_once.data


def test_a_job_that_runs_again_begins_anew_and_leaves_a_ready_report(
    owed, admin, database, market, monkeypatch
):
    monkeypatch.setattr(service, "_PART_BYTES", 100)
    admin.post("/financial-export/reports", {"report": "credit-summary", "format": "csv", **PERIOD})
    work(database)
    with database.transaction() as session:
        before = session.query(ReportPart).count()
        report_id = session.query(ReportPart.report_id).distinct().scalar()

    service.write_report(database, {"report_id": report_id}, market.now)

    with database.transaction() as session:
        assert session.query(ReportPart).count() == before > 2


def test_what_can_never_be_written_fails_with_its_reason_and_is_not_tried_again(
    owed, admin, database, monkeypatch
):
    def refuse(*_):
        raise ReportTooLong(most_rows=1)

    monkeypatch.setattr(service, "write_pdf", refuse)
    where = admin.post(
        "/financial-export/reports", {"report": "credit-summary", "format": "pdf", **PERIOD}
    ).headers["Location"]

    assert work(database) == 1
    seen = admin.get(where.removeprefix("/api/v1")).json
    assert (seen["status"], seen["error"], seen["file"]) == ("failed", "report_too_long", None)


def test_files_are_kept_for_a_week(owed, admin, database, market):
    where = admin.post("/financial-export/reports", {"report": "credit-summary", **PERIOD}).headers[
        "Location"
    ]
    work(database)
    with database.transaction() as session:
        retention.delete_expired(session, now=market.now + dt.timedelta(days=6))
        assert session.query(ReportPart).count() == 1
        retention.delete_expired(session, now=market.now + dt.timedelta(days=8))
        assert session.query(ReportPart).count() == 0

    assert admin.get(where.removeprefix("/api/v1")).status_code == 404


def test_asking_twice_with_one_key_asks_once(owed, admin):
    body = {"report": "credit-summary", **PERIOD}
    first, again = (
        admin.post("/financial-export/reports", body, headers={"Idempotency-Key": "one"}) for _ in range(2)
    )

    assert first.json["id"] == again.json["id"]
    assert len(admin.get("/financial-export/reports").json["items"]) == 1


def test_the_report_worker_knows_the_job(settings, database):
    assert service.WRITE_REPORT in wsgi.handlers(settings, database)
