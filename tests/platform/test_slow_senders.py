"""Twelve connections that send one byte of an announced body do not keep anybody else waiting."""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from core.config import PROJECT_ROOT
from core.launch.request_buffering import LARGEST_BODY, LARGEST_UPLOAD, SILENCE_SECONDS

APP = """
from core.launch.request_buffering import RequestBuffer

def answer(environ, start):
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['QUERY_STRING']} ".encode(), body]

app = RequestBuffer(answer, threads=2, is_upload=lambda path: path.endswith("/import"))
"""


@pytest.fixture
def port(tmp_path):
    (tmp_path / "slow_app.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(free),
            "--workers",
            "1",
            "--no-ws",
            "slow_app:app",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{PROJECT_ROOT}:{tmp_path}", "PATH": "/usr/bin:/bin"},
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if ask(free)[0] == 200:
                break
        except OSError:
            server.poll()
    yield free
    server.terminate()
    server.wait(10)


def ask(port, method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, "/a%20b?x=1", body=body)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, said


def test_others_are_answered_within_a_second_while_twelve_send_slowly(port):
    with ExitStack() as stack:
        for _ in range(12):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")

        began = time.monotonic()
        answers = [ask(port), ask(port, "POST", b"whole")]
        took = time.monotonic() - began

        assert answers == [(200, b"GET /a b x=1 "), (200, b"POST /a b x=1 whole")]
        assert took < 1


def test_a_sender_that_is_too_slow_is_answered_and_cut_off(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")

        assert slow.recv(1_000).startswith(b"HTTP/1.1 408")


def test_a_sender_that_falls_silent_is_cut_off_however_much_it_sent(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as silent:
        silent.sendall(b"POST /x/import HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n")
        silent.sendall(b"a" * 8_000_000)
        began = time.monotonic()

        answer = silent.recv(1_000)

        assert answer.startswith(b"HTTP/1.1 408")
        assert b'"code": "body_too_slow"' in answer
        assert time.monotonic() - began < SILENCE_SECONDS + 5


@pytest.mark.parametrize(("path", "length"), [("/auth/login", LARGEST_BODY), ("/x/import", LARGEST_UPLOAD)])
def test_a_body_that_is_announced_too_large_is_refused_before_it_is_read(port, path, length):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as large:
        large.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length + 1}\r\n\r\n".encode())

        answer = large.recv(1_000)

        assert answer.startswith(b"HTTP/1.1 413")
        assert b"application/problem+json" in answer
