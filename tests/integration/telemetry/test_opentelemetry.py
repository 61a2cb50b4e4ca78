"""A tracer provider of the user's gets real spans; without one OpenTelemetry is not even imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from podium.telemetry.telemetry import Telemetry


def test_spans_reach_the_exporter_with_genai_names_and_our_ids() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry = Telemetry(tracer=provider)
    with telemetry.span("run", "desk", thread_id="t1") as run:
        telemetry.turn("completed")
        with telemetry.span("model", "gpt-x") as model:
            model.set(input_tokens=7)
        with pytest.raises(OSError), telemetry.span("tool", "refund"):
            raise OSError
    chat, tool, desk = exporter.get_finished_spans()
    assert (chat.name, tool.name, desk.name) == ("chat gpt-x", "execute_tool refund", "invoke_workflow desk")
    assert chat.attributes is not None
    assert desk.attributes is not None
    assert chat.attributes["gen_ai.request.model"] == "gpt-x"
    assert chat.attributes["gen_ai.usage.input_tokens"] == 7
    assert desk.attributes["gen_ai.conversation.id"] == "t1"
    assert chat.parent is not None
    assert f"{chat.parent.span_id:016x}" == run.span_id
    assert tool.status.is_ok is False
    assert [event.name for event in desk.events] == ["turn"]


def test_without_a_provider_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from podium.telemetry.telemetry import Telemetry\n"
        "t = Telemetry()\n"
        "with t.span('run', 'x'): t.turn('completed')\n"
        "heavy = {'opentelemetry', 'prometheus_client', 'structlog'} & set(sys.modules); print(sorted(heavy))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
