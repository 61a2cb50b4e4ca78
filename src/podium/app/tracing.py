"""Where traces go: nowhere, unless the manifest names a place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from podium.core.errors import ConfigError
from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.redaction import redact
from podium.guardrails.validators.personal_data import personal_data
from podium.telemetry.langsmith import untraced
from podium.telemetry.showing import Showing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from podium.core.operations_settings import TelemetrySettings
    from podium.runtime.following import Around, Followed

LANGSMITH_KEYS: Final = ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
_EXPORT_S: Final = 5.0
_NOBODY: Final = CheckContext("output")
_HEADERS_HINT: Final = "Set it to headers such as 'authorization=Bearer …,x-team=desk'."


def masked(text: str) -> str:
    """Text without secrets and personal data."""
    clean = redact(text)
    return apply_fixes(clean, personal_data(clean, _NOBODY, allow_known=False)) or ""


def showing_of(settings: TelemetrySettings) -> Showing:
    """What of spans may be seen in logs and exported traces."""
    return Showing(masked, settings.content)


def provider_of(
    settings: TelemetrySettings, project: str, environ: Mapping[str, str] | None = None
) -> TracerProvider | None:
    """What exports spans by OTLP over HTTP; None where the manifest names no address.

    Spans are sent in the background, in batches; what cannot be sent is dropped, and holds nobody up.

    Args:
        settings: What the manifest says.
        project: The project's name, under which its traces are found.
        environ: The environment, for headers.

    Raises:
        ConfigError: The environment variable with the headers is not set, or holds something else.
    """
    if settings.otlp_endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    headers = _headers(settings, os.environ if environ is None else environ)
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.sample)),
        resource=Resource({"service.name": project, "service.namespace": "podium"}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(settings.otlp_endpoint, headers=headers, timeout=_EXPORT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def langsmith_of(
    settings: TelemetrySettings, project: str, environ: Mapping[str, str] | None = None, client: Any = None
) -> Around:
    """What sends runs to LangSmith where its key is set and the manifest allows it, and else keeps them here.

    Without a word in the manifest nothing is sent, whatever the environment says. Secrets and personal data
    are taken out of everything that is sent.

    Args:
        settings: What the manifest says.
        project: The project's name, under which runs are found.
        environ: The environment, for the key.
        client: In place of LangSmith's own, for tests.
    """
    known = os.environ if environ is None else environ
    sends = settings.langsmith and any(known.get(name) for name in LANGSMITH_KEYS)

    @contextmanager
    def around(run: Followed) -> Iterator[None]:
        nonlocal client
        if not sends:
            with untraced():
                yield
            return
        from langsmith.run_helpers import tracing_context

        client = client or _client()
        ids = {"podium_run_id": run.run_id, "thread_id": run.thread_id}
        with tracing_context(enabled=True, client=client, project_name=project, metadata=ids, parent=False):
            yield

    return around


def _client() -> Any:
    from langsmith import Client

    return Client(anonymizer=_anonymous)


def _anonymous(data: dict[str, Any]) -> dict[str, Any]:
    found = _masked_in(data)
    return found if isinstance(found, dict) else {}


def _masked_in(value: Any) -> Any:
    match value:
        case str():
            return masked(value)
        case dict():
            return redact({str(key): _masked_in(item) for key, item in value.items()})
        case list() | tuple():
            return [_masked_in(item) for item in value]
        case _:
            return value


def _headers(settings: TelemetrySettings, environ: Mapping[str, str]) -> dict[str, str] | None:
    if settings.otlp_headers_env is None:
        return None
    text = environ.get(settings.otlp_headers_env, "")
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not text or not all(name.strip() and equals for name, equals, _ in pairs):
        raise ConfigError(f"{settings.otlp_headers_env} holds no headers for traces", hint=_HEADERS_HINT)
    return {name.strip(): value.strip() for name, _, value in pairs}
