"""Adds pages and actions to the panel under names that no two rooms share."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

View = Callable[..., Response]


def show(panel: Blueprint, path: str, view: View) -> None:
    panel.add_url_rule(path, _name(view), view)


def act(panel: Blueprint, path: str, view: View) -> None:
    panel.add_url_rule(path, f"{_name(view)}_act", view, methods=["POST"])


def _name(view: View) -> str:
    return f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
