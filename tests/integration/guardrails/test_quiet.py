"""guardrails-ai's telemetry stays off, proven in a process of its own with every connection watched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import socket, sys, threading

tried = []
def refuse(*args, **kwargs):
    tried.append(args)
    raise OSError("no network in this test")
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse

from concurrent.futures import wait
from pathlib import Path
from podium.guardrails.external import ExternalValidator
from podium.guardrails.finding import CheckContext
from podium.guardrails.exports import as_guardrails

assert "guardrails" not in sys.modules
reference = "guardrails/validators.py:CompensationPromise"
found = ExternalValidator("rule", reference, {"most": 5}, Path(sys.argv[1]))
loading = found.preload()
wait([loading])
assert found.check("We will give you 60 pounds of store credit.", CheckContext("output"))

secrets = as_guardrails()["secrets"](on_fail="fix")
secrets.use_local = True
secrets._inference_local = lambda value: value
assert secrets._inference("x") == "x"

from guardrails import Guard
guard = Guard().use(secrets)
assert guard.validate("password=hunter22").validated_output == "password=[secret]"

assert not {"nltk", "lark"} & set(sys.modules)
from guardrails.utils.docs_utils import nltk
assert not nltk or callable(nltk.sent_tokenize)

from guardrails.utils.hub_telemetry_utils import HubTelemetry
assert HubTelemetry()._tracer is None and HubTelemetry()._processor is None
from opentelemetry import trace
assert type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider"
names = [thread.name for thread in threading.enumerate()]
assert not [name for name in names if "Otel" in name or "BatchSpan" in name], names
assert not tried, tried
print("quiet")
"""


def test_importing_and_calling_tries_no_connection_and_starts_no_exporter(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}
    environment.pop("OTEL_SDK_DISABLED", None)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(ROOT)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "quiet"), done.stderr
    assert not list(tmp_path.iterdir())


def test_the_facade_imports_neither_guardrails_nor_yaml() -> None:
    program = (
        "import sys, podium.guardrails\n"
        "print([name for name in ('guardrails', 'yaml', 'litellm') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT / "tests",
    )
    assert done.stdout.strip() == "[]"
