"""The address of every page of the panel, from the application's own table, so that no page is forgotten by a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule

# Files and the way out: what answers with something else than a page.
NO_PAGES = frozenset(
    {
        "/admin/<path:rest>",
        "/admin/devanagari.ttf",
        "/admin/static/<path:filename>",
        "/admin/exports/<kind>",
        "/admin/exports/files/<id:report_id>",
        "/admin/imports/<kind>/file",
        "/admin/messages/<id:message_id>/media/<int:place>",
    }
)
# Which weights it is about stands in the address.
_NOTHING_BY_ITSELF = frozenset({"/admin/routing/what-if"})
# What a page shows only when its address asks for it.
_ASKED = {
    "/admin/orders": ("show=open", "show=lost"),
    "/admin/retailers": ("q=kirana", "show=applied", "show=blocked"),
    "/admin/vendors": ("q=traders",),
    "/admin/prices": ("q=wai",),
    "/admin/conversations": ("q=chini", "q=nobody-wrote-this", "show=unread", "show=person", "show=taken", "retailer={retailer_id}"),
    "/admin/queues": ("show=done",),
    "/admin/search": ("q=kirana", "q=1000001", "q=9841", "q=nobody-is-called-so"),
    "/admin/routing/<id:round_id>/what-if": ("price=100",),
    "/admin/routing/what-if": ("price_weight=100&availability_weight=0",),
    "/admin/conversations/<id:conversation_id>/desk": ("text=wai+wai+2+carton%0Achini+10+kg",),
}  # fmt: skip


def rules_of_panel(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and method in (rule.methods or set()):
            yield rule


def filled(rule: str, values: Mapping[str, object]) -> str:
    """The address of *rule* about these. A KeyError names what a new page is about: give it here and to the callers."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), rule)


def paths(app: Flask, values: Mapping[str, object]) -> list[str]:
    """Every page about *values*, each also as it can be asked to show something else."""
    found = []
    for rule in sorted(one.rule for one in rules_of_panel(app, "GET")):
        if rule in NO_PAGES:
            continue
        path = filled(rule, values)
        if rule not in _NOTHING_BY_ITSELF:
            found.append(path)
        found += [f"{path}?{asked.format(**values)}" for asked in _ASKED.get(rule, ())]
    return found
