"""A change of keys that is killed in the middle, any number of times, loses nothing and ends."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from podium.storage import Database
from podium.storage.encryption.cipher import Cipher
from podium.storage.encryption.rewriting import finish, rewrite
from podium.storage.events import EventRecord, SqlEventLog

ROWS = 6_000
OLD, NEW = b"o" * 32, b"n" * 32
ROTATE = """
import sys
from podium.storage import Database
from podium.storage.encryption.cipher import Cipher
from podium.storage.encryption.rewriting import finish, rewrite
from pathlib import Path
path, cipher = Path(sys.argv[1]), Cipher([b"n" * 32, b"o" * 32])
with Database.open(path, cipher=cipher) as database:
    rewrite(database, cipher, lambda table, rows: print(rows, flush=True))
finish(path, cipher)
print("finished", flush=True)
"""


def _texts(path: Path, keys: list[bytes]) -> list[str]:
    with Database.open(path, cipher=Cipher(keys)) as database:
        return [one.payload["text"] for one in SqlEventLog(database).read(limit=2 * ROWS)]


@pytest.mark.parametrize("former", [None, OLD])
def test_a_rotation_that_is_killed_goes_on(tmp_path: Path, former: bytes | None) -> None:
    path = tmp_path / "podium.db"
    with Database.open(path, cipher=None if former is None else Cipher([former])) as database:
        SqlEventLog(database).append([EventRecord("said", {"text": f"planted {n}"}) for n in range(ROWS)])
    kills = 0
    for lines in random.Random(7).sample(range(1, 9), 4):
        command = [sys.executable, "-c", ROTATE, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            kills += process.wait(10) == -signal.SIGKILL
        assert len(_texts(path, [NEW, OLD])) == ROWS
    assert kills
    cipher = Cipher([NEW, OLD])
    with Database.open(path, cipher=cipher) as database:
        left = rewrite(database, cipher)
    assert left < ROWS  # it did not begin anew
    finish(path, cipher)
    assert _texts(path, [NEW]) == [f"planted {n}" for n in range(ROWS)]
    assert all(b"planted" not in file.read_bytes() for file in tmp_path.iterdir())
