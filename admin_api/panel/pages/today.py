"""Today: what waits for a decision, how the day goes, and whether the machine keeps up."""

from __future__ import annotations

from flask import Blueprint, request

from admin_api.endpoints import Call
from admin_api.panel.doors import Shown, page
from admin_api.panel.figures import figures
from admin_api.panel.routes import show
from admin_api.panel.waiting import waiting
from core.messaging import queries as messaging
from core.outbox.queries import queue_counts

_SHOWN = 60


def add(panel: Blueprint) -> None:
    show(panel, "/", today)


@page
def today(call: Call) -> Shown:
    found = waiting(call.session, now=call.now)
    counts = queue_counts(call.session, now=call.now)
    facts = {
        "waiting": found[:_SHOWN],
        "left_out": max(0, len(found) - _SHOWN),
        "figures": figures(call.session, now=call.now),
        "unanswered_since": messaging.oldest_unanswered(call.session),
        "undelivered_since": messaging.oldest_undelivered(call.session, now=call.now),
        "jobs_due": sum(one.due for one in counts),
        "jobs_failed": sum(one.failed for one in counts),
    }
    return Shown(template="today_live.html" if "HX-Request" in request.headers else "today.html", facts=facts)
