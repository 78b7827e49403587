"""How fast the webhook takes messages in: signed and stored, against bare Flask on the same server in the same run.

    python bench/webhook.py --seconds 5 --connections 16

Starts PostgreSQL, Valkey and two granian processes of its own, asks both from this machine, and prints requests per
second, p50 and p99 of each, and their ratio. Nothing outside this machine is reached, and the database is dropped.
"""

import argparse
import http.client
import itertools
import multiprocessing
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import embedded  # noqa: E402 - after the path
from tests.bot.twilio_post import ACCOUNT, MESSAGES, PUBLIC_URL, message, signed  # noqa: E402
from tests.databases import cloned, migrated_template  # noqa: E402

WEB_PROCESSES = 2
Env = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Figures:
    per_second: float
    p50_ms: float
    p99_ms: float
    failures: int


def make_bare_app() -> Any:
    from flask import Flask, Response, request

    app = Flask(__name__)

    @app.post(MESSAGES)
    def take() -> Response:
        assert request.form
        return Response("<Response/>", mimetype="text/xml")

    return app


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--people", type=int, default=500, help="how many different senders write")
    asked = parser.parse_args()

    servers = embedded.start(ROOT / "var" / "bench")
    try:
        with cloned(servers.database_url, migrated_template(servers.database_url)) as clone:
            env = {
                "ENVIRONMENT": "production",
                "DATABASE_URL": clone.url,
                "REDIS_URL": servers.redis_url,
                "PUBLIC_URL": PUBLIC_URL,
                "TWILIO_ACCOUNT_SID": ACCOUNT.account_sid,
                "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
                "TWILIO_WHATSAPP_FROM": ACCOUNT.whatsapp_from,
                "JWT_SECRET": secrets.token_hex(32),
            }
            results: dict[str, Figures] = {}
            for name, target in {"bare Flask": "bench.webhook:bare_app", "webhook": "wsgi:app"}.items():
                with _serving(target, env) as port:
                    _measure(port, seconds=1, connections=4, people=asked.people, start=0)
                    results[name] = _measure(
                        port,
                        seconds=asked.seconds,
                        connections=asked.connections,
                        people=asked.people,
                        start=1_000_000_000,
                    )
    finally:
        servers.stop()
    for name, found in results.items():
        print(
            f"{name:12} {found.per_second:8.0f} requests/s   p50 {found.p50_ms:6.1f} ms"
            f"   p99 {found.p99_ms:6.1f} ms   failures {found.failures}"
        )
    print(f"ratio        {results['webhook'].per_second / results['bare Flask'].per_second:8.2f}")
    return 1 if any(found.failures for found in results.values()) else 0


def _measure(port: int, *, seconds: float, connections: int, people: int, start: int) -> Figures:
    """Two client processes, so that the load generator is not the bottleneck of a single interpreter."""
    clients = 2
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        jobs = [
            (port, seconds, connections // clients, people, start + client * 100_000_000)
            for client in range(clients)
        ]
        parts = pool.starmap(_ask, jobs)
    times = sorted(itertools.chain.from_iterable(part[0] for part in parts))
    return Figures(
        per_second=len(times) / seconds,
        p50_ms=statistics.median(times) * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        failures=sum(part[1] for part in parts),
    )


def _ask(port: int, seconds: float, connections: int, people: int, start: int) -> tuple[list[float], int]:
    """Post from so many connections at once; the seconds that each answer took, and how many failed."""
    from threading import Thread

    ready = [
        signed(
            MESSAGES,
            message(number=number, sender=f"whatsapp:+97798{number % people:08d}", ProfileName="Asha"),
        )
        for number in range(start, start + int(3_000 * max(seconds, 1)))
    ]
    waiting = iter(ready)
    times: list[float] = []
    failures: list[int] = []
    deadline = time.monotonic() + seconds

    def post() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            for request in waiting:
                began = time.monotonic()
                if began > deadline:
                    return
                connection.request("POST", request.path, request.body, request.headers)
                answer = connection.getresponse()
                answer.read()
                times.append(time.monotonic() - began)
                if answer.status != http.HTTPStatus.OK:
                    failures.append(answer.status)

    threads = [Thread(target=post) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, len(failures)


@contextmanager
def _serving(target: str, env: Env) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(WEB_PROCESSES), "--blocking-threads", "4", "--no-ws", target,
        ],
        cwd=ROOT,
        env=os.environ | env,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
                connection.request("GET", MESSAGES)
                connection.getresponse()
                return
        except OSError:
            continue
    raise TimeoutError(port)


def __getattr__(name: str) -> Any:
    if name != "bare_app":
        raise AttributeError(name)
    return make_bare_app()


if __name__ == "__main__":
    raise SystemExit(main())
