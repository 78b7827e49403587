"""Shows spans to a collector (OpenTelemetry) and errors to Sentry, where the settings name one. Off, nothing of either is imported.

What leaves is picked, not cleaned: ids, kinds, classes of errors and places in the code. What people wrote, numbers, tokens,
values of variables and the words of an error aren't in what is picked; whoever adds a fact adds its name here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from core import trace
from core.config import ConfigError, Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from sentry_sdk.transport import Transport

FACTS: Final = frozenset({"job", "kind", "queue", "attempt", "message", "webhook"})
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_./-]{0,59}")
_LARGEST_ID: Final = 10**9
INSTALL: Final = "is set, and its packages aren't installed: pip install -r requirements-telemetry.txt"


def start(
    settings: Settings, *, exporter: SpanExporter | None = None, transport: Transport | None = None
) -> None:
    """Show what the settings ask for. *exporter* and *transport* take the place of the network in tests."""
    if settings.traces_endpoint is not None:
        try:
            _show_spans(settings.traces_endpoint, settings.environment.value, exporter)
        except ImportError:
            raise ConfigError((f"OTEL_EXPORTER_OTLP_ENDPOINT {INSTALL}",)) from None
    if settings.sentry_dsn is not None:
        try:
            _show_errors(settings.sentry_dsn, settings.environment.value, transport)
        except ImportError:
            raise ConfigError((f"SENTRY_DSN {INSTALL}",)) from None


def picked(facts: Mapping[str, Any]) -> dict[str, str | int]:
    """Of *facts*, those with a known name whose value can only be an id or a word of ours."""
    return {name: value for name, value in facts.items() if name in FACTS and _is_harmless(value)}


def _is_harmless(value: object) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < _LARGEST_ID
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _show_spans(endpoint: str, environment: str, exporter: SpanExporter | None) -> None:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=5)
    # Its own threads export, so that no answer waits for a collector.
    processor = BatchSpanProcessor(exporter)
    provider = TracerProvider(
        resource=Resource({"service.name": "khaacho", "deployment.environment.name": environment})
    )
    provider.add_span_processor(processor)
    tracer, context = provider.get_tracer("khaacho"), TraceContextTextMapPropagator()

    @contextmanager
    def open_span(name: str, above: str | None, facts: trace.Facts) -> Iterator[str]:
        # An error's words may quote what people wrote, so the library must not keep it.
        with tracer.start_as_current_span(
            name,
            context=context.extract({"traceparent": above} if above else {}),
            attributes=picked(facts),
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            its = opened.get_span_context()
            try:
                yield f"00-{its.trace_id:032x}-{its.span_id:016x}-01"
            except BaseException as error:
                opened.set_status(Status(StatusCode.ERROR))
                opened.set_attribute("error.type", type(error).__name__)
                raise

    trace.wire(open_span)
    trace.at_flush(processor.force_flush)


def _show_errors(dsn: str, environment: str, transport: Transport | None) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        transport=transport,
        default_integrations=False,
        auto_enabling_integrations=False,
        # Every failure is logged as an error already, by ourselves or by Flask.
        integrations=[LoggingIntegration(level=None), ExcepthookIntegration()],
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        before_send=_picked_event,
    )
    trace.at_flush(sentry_sdk.flush)


def _picked_event(event: Any, _hint: Any) -> Any:
    exceptions = event.get("exception", {}).get("values", [])
    kept = {name: event[name] for name in _KEPT if name in event}
    context = trace.current()
    if context is not None:
        kept["tags"] = {"trace": context.split("-")[1]}
    if exceptions:
        kept["exception"] = {"values": [_picked_exception(one) for one in exceptions]}
    return kept


_KEPT: Final = ("event_id", "timestamp", "level", "platform", "environment", "logger", "sdk")
_KEPT_OF_FRAME: Final = ("filename", "module", "function", "lineno", "in_app")


def _picked_exception(one: Mapping[str, Any]) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    return {
        "type": one.get("type"),
        "module": one.get("module"),
        "stacktrace": {
            "frames": [{name: frame.get(name) for name in _KEPT_OF_FRAME} for frame in frames],
        },
    }
