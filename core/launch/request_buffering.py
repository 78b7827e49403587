"""Reads a request's body before a thread is taken for it, so that slow senders occupy no thread (ASGI around WSGI).

Granian limits the time for headers and not for bodies: a dozen connections that sent one byte at a time stalled every
thread of a WSGI process. Here waiting costs a little memory and no thread; whoever is too slow is answered 408.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

# The slowest sender that is waited for: ten seconds to begin with, and then 20 kB a second.
TIMEOUT_SECONDS: Final = 10.0
SLOWEST_BYTES_PER_SECOND: Final = 20_000
LARGEST_BODY: Final = 16_500_000
# All bodies of this process that are being read or answered.
MOST_BYTES_AT_ONCE: Final = 200_000_000

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class RequestBuffer:
    """An ASGI application that answers with a WSGI one, in one of *threads* threads once the whole body is there."""

    def __init__(self, app: WsgiApp, *, threads: int) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _follow_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            try:
                await self._read(receive, body)
            except _Refused as refused:
                await _send_status(send, refused.status)
                return
            await self._run(_environ(scope, bytes(body)), send)
        finally:
            self._held -= len(body)

    async def _read(self, receive: Receive, body: bytearray) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            deadline = began + TIMEOUT_SECONDS + len(body) / SLOWEST_BYTES_PER_SECOND
            try:
                message = await asyncio.wait_for(receive(), deadline - loop.time())
            except TimeoutError as slow:
                raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from slow
            if message["type"] == "http.disconnect":
                raise _Refused(HTTPStatus.BAD_REQUEST)
            part = message.get("body", b"")
            body += part
            self._held += len(part)
            if len(body) > LARGEST_BODY:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if self._held > MOST_BYTES_AT_ONCE:
                raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            if not message.get("more_body"):
                return

    async def _run(self, environ: dict[str, Any], send: Send) -> None:
        loop = asyncio.get_running_loop()
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        parts = await loop.run_in_executor(self._pool, self._app, environ, start)
        try:
            iterator = iter(parts)
            first = await loop.run_in_executor(self._pool, _next, iterator)
            code, headers = started
            await send(
                {
                    "type": "http.response.start",
                    "status": code,
                    "headers": [
                        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
                    ],
                }
            )
            while first is not None:
                await send({"type": "http.response.body", "body": first, "more_body": True})
                first = await loop.run_in_executor(self._pool, _next, iterator)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            close = getattr(parts, "close", None)
            if close:
                await loop.run_in_executor(self._pool, close)


def _next(parts: Iterator[bytes]) -> bytes | None:
    """The next part that holds something; None at the end."""
    return next((part for part in parts if part), None)


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """What PEP 3333 asks for."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str(scope["client"][0]) if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


async def _send_status(send: Send, status: HTTPStatus) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _follow_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
