"""A trace goes from a message to its job and its send; what is shown to others never holds what people wrote."""

import dataclasses
import json
import logging
import subprocess
import sys

import pytest
from flask import Flask
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select

import core.models  # noqa: F401 - the whole mapping
from bot import sending, turns, webhook
from core import config, log, telemetry, trace
from core.config import PROJECT_ROOT, ConfigError
from core.db.clock import business_now
from core.outbox.models import Job, JobStatus
from tests.running_jobs import run_due

from .echo import Echo
from .stage import Phones
from .twilio_post import ACCOUNT, MESSAGES, PUBLIC_URL, message, signed

WORDS = "Ram Bahadur ko 5 kg chini"
TOKEN = "a-token-that-opens-everything-0123456789"
SECRETS = (WORDS, "Bahadur", "chini", "9841000001", "Asha", TOKEN, ACCOUNT.auth_token, ACCOUNT.account_sid)


class Broken(Echo):
    """Its error quotes what somebody wrote and who, as an error of a library may."""

    def take_turn(self, session, conversation, unread, *, now):  # noqa: ARG002
        said, token = unread[0].text, TOKEN
        logging.getLogger("bot.turns").error("cannot read %s of +9779841000001 with %s", said, token)
        raise ValueError(f"cannot read {said!r} of whatsapp:+9779841000001 with {token}")


@pytest.fixture(autouse=True)
def _wired_anew(monkeypatch):
    """What a test shows its spans to ends with it."""
    monkeypatch.setattr(trace, "_wiring", trace._Wiring(open_span=trace._unseen, flushes=[]))


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()

    def read():
        trace.flush()
        return exporter.get_finished_spans()

    read.exporter = exporter
    return read


@pytest.fixture
def events():
    import sentry_sdk
    from sentry_sdk.transport import Transport

    class Kept(Transport):
        def capture_envelope(self, envelope):
            self.envelopes.append(envelope.serialize())

    transport = Kept()
    transport.envelopes = []
    yield transport
    sentry_sdk.init()


@pytest.fixture
def post(settings, database):
    app = Flask(__name__)
    ours = dataclasses.replace(settings, public_url=PUBLIC_URL, twilio=ACCOUNT)
    app.register_blueprint(webhook.blueprint(ours, database, now=business_now))
    client = app.test_client()

    def post(words):
        request = signed(MESSAGES, message(words, ProfileName="Asha", ButtonPayload="a:1", ButtonText=words))
        assert client.post(request.path, data=request.body, headers=request.headers).status_code == 200

    return post


def work(database, engine):
    handlers = {"answer_conversation": turns.answering(engine), "send_message": sending.sending(Phones())}
    # The queue of sends comes before that of turns.
    for _ in range(2):
        run_due(database, handlers)


def test_a_message_its_job_and_its_send_are_one_trace(settings, database, post, spans):
    telemetry.start(with_traces(settings), exporter=spans.exporter)

    post(WORDS)
    work(database, Echo())

    seen = {span.name: span for span in spans()}
    assert set(seen) == {"webhook", "job answer_conversation", "job send_message", "work", "send"}
    assert len({span.context.trace_id for span in seen.values()}) == 1
    assert seen["job answer_conversation"].parent.span_id == seen["webhook"].context.span_id
    assert seen["send"].attributes.keys() == {"message", "attempt"}


def test_a_failing_turn_shows_its_place_and_nothing_that_anybody_wrote(
    settings, database, post, spans, events
):
    asked = dataclasses.replace(with_traces(settings), sentry_dsn="https://key@sentry.example.com/1")
    telemetry.start(asked, exporter=spans.exporter, transport=events)

    post(WORDS)
    work(database, Broken())

    shown = "".join(span.to_json() for span in spans()), b"".join(events.envelopes).decode()
    assert '"error.type": "FailedAt"' in shown[0]
    assert '"type":"ValueError"' in shown[1]
    assert '"function":"take_turn"' in shown[1]
    assert f'"trace":"{trace_of(spans())}"' in shown[1]
    assert [secret for secret in SECRETS for text in shown if secret.lower() in text.lower()] == []


def test_without_a_collector_the_trace_is_in_the_job_and_in_every_line_of_the_log(
    database, session, post, caplog
):
    post(WORDS)
    (job,) = session.scalars(select(Job))
    with caplog.at_level(logging.ERROR):
        caplog.handler.addFilter(lambda record: setattr(record, "facts", dict(log._bound.get())) or True)
        work(database, Broken())

    failed = next(record for record in caplog.records if record.message == "job failed")
    assert job.trace.split("-")[1] == failed.facts["trace"]
    assert session.scalars(select(Job.status)).first() is JobStatus.PENDING


def test_a_trace_that_is_none_begins_a_new_one():
    with trace.span("a", parent="what somebody wrote"):
        assert len(trace.current().split("-")[1]) == 32


@pytest.mark.parametrize(
    ("fact", "value"),
    [("body", "chini"), ("kind", "chini 5 kg"), ("message", "+9779841000001"), ("message", 9779841000001)],
)
def test_a_fact_that_could_be_somebodys_isnt_picked(fact, value):
    assert telemetry.picked({fact: value, "job": 7}) == {"job": 7}


def test_off_neither_the_tracer_nor_sentry_is_imported():
    # redis imports OpenTelemetry's metrics by itself where it is installed.
    asked = "import sys, wsgi; print([n for n in sys.modules if n.startswith(('opentelemetry.sdk.trace', 'opentelemetry.exporter', 'sentry_sdk'))])"
    ended = subprocess.run(
        [sys.executable, "-c", asked], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN"])
def test_without_its_packages_a_setting_is_refused_with_what_to_install(monkeypatch, name):
    for package in ("opentelemetry.sdk.resources", "sentry_sdk"):
        monkeypatch.setitem(sys.modules, package, None)
    asked = config.load_settings(
        {"ENVIRONMENT": "test", "JWT_SECRET": "x" * 40, name: "http://key@localhost:4318/1"}
    )

    with pytest.raises(ConfigError, match=rf"{name} is set.*requirements-telemetry.txt"):
        telemetry.start(asked)


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN"])
def test_an_address_that_is_none_is_refused_without_its_key(name):
    with pytest.raises(ConfigError, match=name):
        config.load_settings({"ENVIRONMENT": "test", "JWT_SECRET": "x" * 40, name: "localhost:4318"})


def with_traces(settings):
    return dataclasses.replace(settings, traces_endpoint="http://localhost:4318")


def trace_of(spans):
    return json.loads(spans[0].to_json())["context"]["trace_id"].removeprefix("0x")
