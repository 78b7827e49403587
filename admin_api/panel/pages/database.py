"""How the database does: slow queries, tables that are read whole, dead rows, and indexes that nobody reads."""

from __future__ import annotations

from flask import Blueprint

from admin_api.endpoints import Call
from admin_api.panel.doors import Shown, page
from admin_api.panel.routes import show
from core.monitoring.database import VIEWS, read_view


def add(panel: Blueprint) -> None:
    show(panel, "/database", database)


@page
def database(call: Call) -> Shown:
    return Shown(template="database.html", facts={name: read_view(call.session, name) for name in VIEWS})
