"""What a request carries when its body is whole: nothing that was not a header of its own."""

import asyncio

from core.launch.request_buffering import RequestBuffer


def headers_seen(*headers):
    seen = {}

    def app(environ, start):
        seen.update(environ)
        start("200 OK", [])
        return [b""]

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message):
        pass

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 5),
    }
    asyncio.run(RequestBuffer(app, threads=1, is_upload=lambda _path: False)(scope, receive, send))
    return seen


def test_a_header_with_underscores_does_not_speak_for_the_one_with_dashes():
    seen = headers_seen((b"x-forwarded-for", b"203.0.113.9"), (b"X_Forwarded_For", b"1.1.1.1"))

    assert seen["HTTP_X_FORWARDED_FOR"] == "203.0.113.9"


def test_a_header_that_comes_twice_is_one_with_both_values():
    seen = headers_seen((b"accept", b"text/csv"), (b"Accept", b"text/html"))

    assert seen["HTTP_ACCEPT"] == "text/csv,text/html"
