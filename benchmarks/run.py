"""Runs the benchmarks: `python -m benchmarks.run [NAME...]`, all of them without a name.

Each benchmark is a folder with a `__main__.py` that prints one JSON object as its last line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.parent.name for path in HERE.glob("*/__main__.py"))


def run(name: str) -> bool:
    """Run one benchmark; whether it met its bars, or could not tell."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    done = subprocess.run(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        return False
    return json.loads(done.stdout.strip().splitlines()[-1])["ok"] is not False


def main(wanted: list[str]) -> int:
    """Run the benchmarks that are wanted; 1 when one missed a bar, 2 for an unknown name."""
    known = names()
    if unknown := [name for name in wanted if name not in known]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    results = [run(name) for name in wanted or known]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
