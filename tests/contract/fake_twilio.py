"""A small Twilio on this machine: our stand-in, served.

In tests: `with running_peer() as peer: peer.next(Behavior.RATE_LIMIT)`. As a program, for a person:
`python -m tests.contract.fake_twilio 4020`, then set TWILIO_API_URL=http://127.0.0.1:4020; a recipient that ends in a
behavior's number (see Behavior) is treated that way.
"""

import base64
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, Peer, error_answer


@contextmanager
def running_peer(port: int = 0) -> Iterator[Peer]:
    """Serve a fresh peer on this machine for the time of the block."""
    peer = Peer()
    with serving(_handler(peer), port) as base_url:
        peer.base_url = base_url
        try:
            yield peer
        finally:
            peer.stop()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """Serve *handler* from threads on this machine; yield its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@dataclass
class Call:
    """One request as a route sees it."""

    query: dict[str, str]
    body: str
    sid: str  # the last one in the path, if any

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body, keep_blank_values=True)


_MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
_SID = "([A-Z]{2}[0-9a-f]{32})"
ROUTES: dict[tuple[str, str], Callable[[Peer, Call], tuple[int, dict[str, Any]]]] = {
    ("POST", rf"{_MESSAGES}\.json"): lambda peer, call: peer.create_message(call.form),
    ("GET", rf"{_MESSAGES}\.json"): lambda peer, call: peer.list_messages(call.query),
    ("GET", rf"{_MESSAGES}/{_SID}\.json"): lambda peer, call: peer.fetch_message(call.sid),
    ("GET", rf"{_MESSAGES}/{_SID}/Media\.json"): lambda peer, call: peer.list_media(call.sid),
    ("GET", rf"/2010-04-01/Accounts/({ACCOUNT_SID})\.json"): lambda peer, _: peer.fetch_account(),
    ("GET", "/v2/Channels/(Senders)"): lambda peer, _: peer.list_senders(),
    ("POST", "/v1/Content"): lambda peer, call: peer.create_content(json.loads(call.body)),
    ("GET", "/v1/ContentAndApprovals"): lambda peer, _: peer.list_approvals(),
    ("POST", f"/v1/Content/{_SID}/ApprovalRequests/whatsapp"): lambda peer, call: peer.ask_approval(
        call.sid, json.loads(call.body)
    ),
    ("POST", r"/v2/Indicators/Typing\.json"): lambda *_: (200, {"success": True}),
}


def _handler(peer: Peer) -> type[BaseHTTPRequestHandler]:
    credentials = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(*self._respond(""))

        def do_POST(self) -> None:
            self._answer(
                *self._respond(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
            )

        def _respond(self, body: str) -> tuple[int, dict[str, Any]]:
            if self.headers.get("Authorization") != credentials:
                return error_answer(401, 20003, "Authenticate")
            url = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(url.query).items()}
            for (method, pattern), respond in ROUTES.items():
                if method == self.command and (path := re.fullmatch(pattern, url.path)):
                    return respond(peer, Call(query=query, body=body, sid=path[path.re.groups]))
            return error_answer(404, 20404, "The requested resource was not found")

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            payload = json.dumps(answer, ensure_ascii=False).encode()
            with suppress(ConnectionError):  # whoever asked has given up, as hanging makes them
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        def log_message(self, *args: object) -> None:
            """Say nothing: a test's output is its own."""

    return Handler


if __name__ == "__main__":
    with running_peer(int(sys.argv[1]) if len(sys.argv) > 1 else 4020) as the_peer:
        sys.stdout.write(f"Twilio's stand-in for {ACCOUNT_SID} at {the_peer.base_url}; Ctrl-C ends it\n")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
