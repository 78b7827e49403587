"""What admins should look at: found by urgency, acknowledged once."""

from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity


def raised(market, subject_id, severity):
    cause = Cause(
        kind=AlertKind.ORDER_UNFULFILLED, subject_kind="order", subject_id=subject_id, severity=severity
    )
    return market.do(alerts.raise_alert, cause)


def test_most_severe_comes_first_page_by_page(market, admin):
    ids = [raised(market, n, severity) for n, severity in enumerate((*Severity, *Severity), start=1)]
    wanted = [ids[n] for n in (0, 4, 1, 5, 2, 6, 3, 7)]

    first = admin.get("/alerts?sort=urgency&limit=5").json
    rest = admin.get(f"/alerts?sort=urgency&limit=5&after={first['next']}").json

    assert [row["id"] for row in first["items"] + rest["items"]] == wanted
    assert (rest["total"], rest["next"]) == (8, None)


def test_alert_is_acknowledged_once_with_a_note(market, admin):
    one = raised(market, 7, Severity.HIGH)
    other = raised(market, 8, Severity.HIGH)

    done = admin.post(f"/alerts/{one}/acknowledge", {"note": "called the shop"})
    again = admin.post(f"/alerts/{one}/acknowledge", {})

    assert (done.status_code, done.json["state"], done.json["note"]) == (
        200,
        "acknowledged",
        "called the shop",
    )
    assert done.json["ended_by"] == f"admin:{admin.user['id']}"
    assert (again.status_code, again.json["code"]) == (409, "alert_not_open")
    assert [row["id"] for row in admin.get("/alerts?state=open").json["items"]] == [other]
    assert admin.get(f"/alerts/{one}").json == done.json
    (entry,) = admin.get("/audit?action=alert_acknowledged").json["items"]
    assert (entry["subject_id"], entry["reason"]) == (one, "called the shop")


def test_refused_filter_names_its_field(admin):
    answer = admin.get("/alerts?state=sleeping")

    assert (answer.status_code, answer.json["code"]) == (422, "request_invalid")
