"""What it costs a request to be asked who it is from, what it may see, and how often it comes.

One server on this machine is asked for the same thread in turns: by the user of the machine, of whom
nothing is asked; with an API key; and with tokens that RSA and EC keys have signed. Keys and tokens are
checked, every query is narrowed to their owner, and their requests are counted. The figures are the
differences of the median times of whole requests over HTTP.

Bars: each adds at most 1.5 ms.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from benchmarks.report import report

from podium.testing.issuer import AUDIENCE, ISSUER, Issuer
from podium.testing.server import Server, served

ROUNDS = 1_500
WARM = 50
OWNER = "user:ada"
PROJECT = f"""\
[project]
name = "guarded"

[server.jwt]
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
jwks_file = "keys.json"

[server.rate]
per_minute = 6_000_000
burst = 1_000_000
"""


def clients(server: Server, issuer: Issuer) -> dict[str, httpx.Client]:
    """Those who ask, by what they show."""
    tokens = {
        "rsa_token": issuer.token("one", sub="ada", roles=["operator"], exp=time.time() + 3_600),
        "ec_token": issuer.token("curve", sub="ada", roles=["operator"], exp=time.time() + 3_600),
    }
    found = {"nothing": server.client(), "key": server.client(server.key("ada", owner=OWNER))}
    for name, token in tokens.items():
        found[name] = server.client()
        found[name].headers["Authorization"] = f"Bearer {token}"
    return found


def measure(asking: dict[str, httpx.Client], path: str) -> dict[str, float]:
    """Median milliseconds of a request, by who asks."""
    taken: dict[str, list[float]] = {name: [] for name in asking}
    for number in range(WARM + ROUNDS):
        for name, client in asking.items():
            began = time.perf_counter()
            answer = client.get(path)
            seconds = time.perf_counter() - began
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{name}: {answer.text}")
            if number >= WARM:
                taken[name].append(seconds * 1_000)
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> int:
    """Measure, and hold the figures against their bars."""
    issuer = Issuer()
    issuer.add("one")
    issuer.add("curve", "ES256")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "podium.toml").write_text(PROJECT, encoding="utf-8")
        (folder / "keys.json").write_text(json.dumps(issuer.document()), encoding="utf-8")
        with served(folder) as server:
            asking = clients(server, issuer)
            thread = asking["key"].post("/threads", json={}).json()["thread_id"]
            medians = measure(asking, f"/threads/{thread}")
    bare = medians.pop("nothing")
    figures = {f"{name}_added_ms": milliseconds - bare for name, milliseconds in medians.items()}
    bars = dict.fromkeys(figures, ("<=", 1.5))
    return 0 if report("security", figures, {"request_ms": bare}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
