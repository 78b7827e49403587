"""Photos, voice notes and files that people sent: read from the provider for the admin who looks, and kept nowhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response

from admin_api.endpoints import wiring
from admin_api.panel.doors import entered, refusal_page
from admin_api.panel.routes import show
from core.errors import NotFound
from core.messaging.models import InboundMessage

_SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")


def add(panel: Blueprint) -> None:
    show(panel, "/messages/<id:message_id>/media/<int:place>", media)


def media_of(message: InboundMessage) -> list[dict[str, str]]:
    """The address and the kind (`image`, `audio`, `video` or `file`) of each thing that came with the message."""
    return [
        {"path": f"/admin/messages/{message.id}/media/{place}", "kind": _kind(one.get("content_type", ""))}
        for place, one in enumerate(_media(message))
    ]


def media(message_id: int, place: int) -> Response:
    """One of them. The provider is asked when no transaction is open any more."""
    with entered() as call:
        message = call.session.get(InboundMessage, message_id)
        if message is None or place >= len(_media(message)):
            raise NotFound(kind="messages", id=message_id)
        url = str(_media(message)[place]["url"])
    read = wiring().read_media
    found = read(url) if read is not None else None
    if found is None:
        return refusal_page(HTTPStatus.BAD_GATEWAY, "media_gone")
    response = Response(found.content, mimetype="application/octet-stream")
    if found.content_type.startswith(_SHOWN):
        response.mimetype = found.content_type
    else:
        response.headers["Content-Disposition"] = "attachment"
    return response


def _media(message: InboundMessage) -> list[dict[str, Any]]:
    return list(message.content.get("media") or ())


def _kind(content_type: str) -> str:
    if not content_type.startswith(_SHOWN):
        return "file"
    return content_type.partition("/")[0]
