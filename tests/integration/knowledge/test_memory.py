"""What a process held in memory is in no file of the index."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import ctypes
import sys
from pathlib import Path

import numpy as np

from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Space

heap = ctypes.CDLL(None)
heap.malloc.restype, heap.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
heap.free.argtypes = [ctypes.c_void_p]
SIZES = (400_000, 2_000_000, 90_000, 900_000) * 12
SECRET = b"plantedsecret "


def forget_a_secret() -> None:
    blocks = [heap.malloc(size) for size in SIZES]
    for block, size in zip(blocks, SIZES, strict=True):
        ctypes.memmove(block, SECRET * (size // len(SECRET)), size // len(SECRET) * len(SECRET))
    for block in blocks[1::2] + blocks[::2]:
        heap.free(block)


heap.free(heap.malloc(30_000_000))  # from now on, blocks up to this size are used again
index, space = ChromaIndex(Path(sys.argv[1])), Space("papers", "none", 48)
vectors = np.random.default_rng(0).random((3_000, 48)).astype(np.float32)
for start, end in ((0, 50), (50, 3_000)):
    forget_a_secret()
    index.upsert(space, [str(place) for place in range(start, end)], vectors[start:end])
    forget_a_secret()
    assert index.query(space, vectors[0], 3)
    held = {path.name: path.read_bytes() for path in Path(sys.argv[1]).rglob("*") if path.is_file()}
    assert "data_level0.bin" in held
    print([name for name, content in held.items() if SECRET in content])
index.close()
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries cannot be told to zero memory"
)
def test_what_lay_in_memory_is_in_no_file_of_the_index(tmp_path: Path) -> None:
    one_heap = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # so that Chroma's threads get what was given back
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "chroma")],
        env=one_heap,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\n") == ["[]", "[]", ""], done.stderr
