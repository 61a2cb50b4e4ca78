"""What a process held in memory is in no file of the index."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Space

SECRET = b"plantedsecret "
SPACE = Space("papers", "none", 48)
VECTORS = np.random.default_rng(0).random((3_000, 48)).astype(np.float32)
IDS = [str(place) for place in range(len(VECTORS))]
PROGRAM = f"""
import ctypes
import sys
from pathlib import Path

import numpy as np

from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Space

heap = ctypes.CDLL(None)
heap.malloc.restype, heap.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
heap.free.argtypes = [ctypes.c_void_p]
sizes = (400_000, 2_000_000, 90_000, 900_000) * 12
secret = {SECRET!r}
vectors = np.random.default_rng(0).random((3_000, 48)).astype(np.float32)
space = Space({SPACE.collection!r}, {SPACE.embedder!r}, {SPACE.dimensions})
index = ChromaIndex(Path(sys.argv[1]))
heap.free(heap.malloc(30_000_000))  # from now on, blocks up to this size are used again
blocks = [heap.malloc(size) for size in sizes]
for block, size in zip(blocks, sizes, strict=True):
    ctypes.memmove(block, secret * (size // len(secret)), size // len(secret) * len(secret))
for block in blocks[1::2] + blocks[::2]:
    heap.free(block)
exec(sys.argv[2])
index.close()
"""
CALLS = (
    "index.query(space, vectors[0], 3)",
    "index.count(space)",
    "index.ids(space)",
    "index.similarities(space, vectors[0], ['1'])",
    "index.delete(space, ['1'])",
    "index.upsert(space, ['50'], vectors[50:51])",
    "index.upsert(space, [str(place) for place in range(3_000)], vectors)",
)


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries cannot be told to zero memory"
)
@pytest.mark.parametrize("call", CALLS)
def test_what_lay_in_memory_is_in_no_file_of_the_index(tmp_path: Path, call: str) -> None:
    folder = tmp_path / "chroma"
    index = ChromaIndex(folder)
    index.upsert(SPACE, IDS[:50], VECTORS[:50])
    assert index.query(SPACE, VECTORS[0], 3)
    index.close()
    one_heap = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # so that Chroma's threads get what was given back
    subprocess.run([sys.executable, "-c", PROGRAM, str(folder), call], env=one_heap, check=True)
    held = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert "data_level0.bin" in held
    assert [name for name, content in held.items() if SECRET in content] == []
