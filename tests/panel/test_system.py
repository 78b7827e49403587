"""Search, rules, queues, the timetable and the reports."""

from core.outbox.models import Job, QueuePause
from core.risk.settings import DelayRule
from core.settings import service as settings
from tests.panel.test_pages import story

__all__ = ["story"]


def delays(market):
    return market.look(settings.current, DelayRule)


def test_the_search_finds_an_order_a_shop_a_wholesaler_and_a_product(admin, market, story):
    number = market.order(story["done"]).short_code

    for words in (str(number), f"KH-{number:06d}", f"kh-00{number}"):
        assert f"/admin/orders/{story['done']}" in admin.get("/admin/search", query_string={"q": words}).text
    assert f"/admin/retailers/{story['shop'].id}" in admin.text("/admin/search?q=asha")
    assert f"/admin/vendors/{story['vendor'].id}" in admin.text("/admin/search?q=himal")
    assert f"/admin/prices/{story['product']}" in admin.text("/admin/search?q=ww-chk")
    assert "Nothing found" in admin.text("/admin/search?q=%25")


def test_a_rule_is_tried_changed_and_taken_back(admin, market, story):
    tried = admin.text("/admin/rules/payment_delay_threshold/dry-run?consecutive_delays=2")
    assert "In the last 90 days" in tried
    assert delays(market).version == 0

    change = "/admin/rules/payment_delay_threshold/change"
    said = admin.said(change, version="0", consecutive_delays="2", reason="stricter")
    assert "consecutive_delays 3 → 2" in said
    assert delays(market).values.consecutive_delays == 2

    assert "meanwhile" in admin.said(change, version="0", consecutive_delays="4", reason="late")
    admin.said(change, version="1", consecutive_delays="3", reason="undone")
    assert delays(market).values.consecutive_delays == 3


def test_a_number_that_is_none_changes_no_rule(admin, market):
    said = admin.said(
        "/admin/rules/payment_delay_threshold/change", version="0", consecutive_delays="two", reason="x"
    )

    assert "can&#39;t be read" in said
    assert delays(market).version == 0


def test_an_entry_of_the_timetable_runs_now(admin, market):
    assert "Started: check-risk" in admin.said("/admin/schedule/check-risk/run")
    assert market.count(Job, Job.kind == "check_all_risks") == 1
    assert "refused" in admin.said("/admin/schedule/nonsense/run")


def test_a_queue_is_paused_with_a_reason_and_goes_on(admin, market):
    assert "paused" in admin.said("/admin/queues/report-generation/pause", reason="the provider is down")
    assert "the provider is down" in admin.get("/admin/queues").text
    assert market.count(QueuePause) == 1

    assert "goes on" in admin.said("/admin/queues/report-generation/resume")
    assert market.count(QueuePause) == 0


def test_a_waiting_job_is_dropped(admin, market):
    admin.said("/admin/schedule/check-risk/run")
    job_id = market.look(lambda session: session.query(Job.id).filter(Job.kind == "check_all_risks").scalar())

    assert "forgotten" in admin.said(f"/admin/queues/credit-score/jobs/{job_id}/drop")
    assert market.count(Job, Job.id == job_id) == 0


def test_a_report_is_downloaded_in_each_format(admin, story):
    for kind in ("credit-summary", "outstanding-liability"):
        for name in ("xlsx", "csv"):
            with admin.get(f"/admin/exports/{kind}?format={name}&period=") as report:
                assert report.status_code == 200
                assert report.headers["Content-Disposition"].startswith("attachment")
                assert report.data
    assert admin.get("/admin/exports/credit-summary?format=exe").status_code == 422
    assert admin.get("/admin/exports/nonsense").status_code == 404


def test_a_part_that_is_refused_says_why_in_its_place(admin, market):
    path = "/admin/rules/payment_delay_threshold/dry-run?consecutive_delays=abc"

    answer = admin.get(path, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert answer.text.startswith('<p class="said refused"')
    assert "<html" in admin.get(path).text
