"""Reads a request's body before a thread is taken for it, so that slow senders occupy no thread (ASGI around WSGI).

Granian limits the time for headers and not for bodies: a dozen connections that sent one byte at a time stalled every
thread of a WSGI process. Here waiting costs a little memory and no thread; whoever is too slow is answered 408.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

# The slowest sender that is waited for: ten seconds to begin with, and then 20 kB a second, never silent for long.
TIMEOUT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 5.0
SLOWEST_BYTES_PER_SECOND: Final = 20_000
LARGEST_UPLOAD: Final = 16_500_000
LARGEST_BODY: Final = 1_000_000
# All bodies of this process that are being read or answered. Uploads leave room for webhooks.
MOST_BYTES_AT_ONCE: Final = 200_000_000
MOST_UPLOADED_AT_ONCE: Final = 150_000_000
URGENT_THREADS: Final = 4

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(status)
        self.status = status
        self.code = code


_TOO_SLOW = (HTTPStatus.REQUEST_TIMEOUT, "body_too_slow")
_TOO_LARGE = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
_CUT_OFF = (HTTPStatus.BAD_REQUEST, "bad_request")
_BUSY = (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")


class RequestBuffer:
    """An ASGI application that answers with a WSGI one, in one of *threads* threads once the whole body is there.

    Only paths of which *is_upload* is true may have a body of more than `LARGEST_BODY` bytes. Those of which *is_urgent*
    is true have threads of their own, so that nothing else keeps them waiting.
    """

    def __init__(
        self,
        app: WsgiApp,
        *,
        threads: int,
        is_upload: Callable[[str], bool],
        is_urgent: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        self._app = app
        self._is_upload = is_upload
        self._is_urgent = is_urgent
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._urgent_pool = ThreadPoolExecutor(URGENT_THREADS, thread_name_prefix="urgent")
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
                await self._read(scope, receive, body)
            except _Refused as refused:
                await _send_problem(send, refused, path=scope["path"])
                return
            await self._run(_environ(scope, bytes(body)), send, path=scope["path"])
        finally:
            self._held -= len(body)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        largest = LARGEST_UPLOAD if self._is_upload(scope["path"]) else LARGEST_BODY
        if _announced(scope) > largest:
            raise _Refused(*_TOO_LARGE)
        while True:
            deadline = began + TIMEOUT_SECONDS + len(body) / SLOWEST_BYTES_PER_SECOND
            try:
                message = await asyncio.wait_for(receive(), min(deadline - loop.time(), SILENCE_SECONDS))
            except TimeoutError as slow:
                raise _Refused(*_TOO_SLOW) from slow
            if message["type"] == "http.disconnect":
                raise _Refused(*_CUT_OFF)
            part = message.get("body", b"")
            body += part
            self._held += len(part)
            if len(body) > largest:
                raise _Refused(*_TOO_LARGE)
            if self._held > (MOST_BYTES_AT_ONCE if largest == LARGEST_BODY else MOST_UPLOADED_AT_ONCE):
                raise _Refused(*_BUSY)
            if not message.get("more_body"):
                return

    async def _run(self, environ: dict[str, Any], send: Send, *, path: str) -> None:
        loop = asyncio.get_running_loop()
        pool = self._urgent_pool if self._is_urgent(path) else self._pool
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        parts = await loop.run_in_executor(pool, self._app, environ, start)
        try:
            iterator = iter(parts)
            first = await loop.run_in_executor(pool, _next, iterator)
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
                first = await loop.run_in_executor(pool, _next, iterator)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            close = getattr(parts, "close", None)
            if close:
                await loop.run_in_executor(pool, close)


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
        if b"_" in raw_name:
            continue  # would be the same key as the name with "-": whoever writes X_Forwarded_For forges an address
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _announced(scope: Scope) -> int:
    """The length that the headers announce; 0 when they announce none, or one that is no number."""
    lengths = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


async def _send_problem(send: Send, refused: _Refused, *, path: str) -> None:
    """The shape that all problems of the API have (RFC 9457)."""
    problem: dict[str, object] = {
        "type": f"/api/v1/docs#{refused.code}",
        "title": refused.status.description or refused.status.phrase,
        "status": refused.status.value,
        "code": refused.code,
        "instance": path,
        "facts": {},
        "errors": [],
    }
    body = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refused.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _follow_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
