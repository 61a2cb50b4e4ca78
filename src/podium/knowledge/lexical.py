"""Lexical search: BM25 over stemmed words.

Scores are Robertson's BM25 with k1 = 1.2 and b = 0.75, through `bm25s`, with Snowball's English stemmer.
"""

from __future__ import annotations

import logging
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75
FORMAT = 1
"""Changes when the terms or the file do, so that an older file is built again."""

_STOPWORDS_TEXT = """
a about after all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each for from further had has have having he her here
hers him his how i if in into is it its itself just me more most my myself of off on once only or
other our ours out over own s same she should so some such t than that the their theirs them then
there these they this those through to too under until up us very was we were what when where which
while who whom why will with would you your yours please tell
"""
STOPWORDS = frozenset(_STOPWORDS_TEXT.split())
_TOKEN = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


class Analyzer:
    """Turns text into the terms that are counted: lower case, no stop words, English stems.

    Words of scripts without spaces become pairs of characters; other scripts stay unstemmed.
    """

    def __init__(self) -> None:
        self._local = local()

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, with repetitions.

        Args:
            text: Any text.
        """
        words = [word for word in _TOKEN.findall(text.casefold()) if word not in STOPWORDS]
        stems: list[str] = self._stemmer().stemWords(words)
        if all(stem.isascii() for stem in stems):
            return stems
        return [term for stem in stems for term in _split_unspaced(stem)]

    def _stemmer(self) -> Any:
        # A stemmer keeps state while it works, so that each thread needs its own.
        if not hasattr(self._local, "stemmer"):
            import Stemmer

            self._local.stemmer = Stemmer.Stemmer("english", 10_000)
        return self._local.stemmer


class LexicalIndex:
    """BM25 over a fixed list of texts.

    Scores are worked out when it is built, one column per term; a query adds up its columns, so that asking
    needs neither the library nor the texts.
    """

    def __init__(self, vocabulary: dict[str, int], columns: Mapping[str, NDArray[Any]], size: int) -> None:
        """Bind the columns; use `fit` or `load`.

        Args:
            vocabulary: Number of each term.
            columns: A compressed sparse column matrix: `data`, `indices`, `indptr`.
            size: How many texts there are.
        """
        self._vocabulary = vocabulary
        self._data = columns["data"]
        self._indices = columns["indices"]
        self._indptr = columns["indptr"]
        self.size = size

    @classmethod
    def fit(cls, terms: Sequence[Sequence[str]]) -> LexicalIndex:
        """Work out the scores.

        Args:
            terms: The terms of each text.
        """
        import numpy as np

        vocabulary: dict[str, int] = {}
        coded = [[vocabulary.setdefault(term, len(vocabulary)) for term in text] for text in terms]
        if not vocabulary:
            empty: dict[str, NDArray[Any]] = {
                "data": np.zeros(0, np.float32),
                "indices": np.zeros(0, np.int32),
                "indptr": np.zeros(1, np.int64),
            }
            return cls({}, empty, len(coded))
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it opens itself for debugging
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index((coded, vocabulary), show_progress=False, create_empty_token=False)
        return cls(vocabulary, model.scores, len(coded))

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text, in the order they were given.

        Args:
            terms: The terms of the query.
        """
        import numpy as np

        total = np.zeros(self.size, dtype=np.float32)
        for number in (self._vocabulary.get(term) for term in terms):
            if number is not None:
                column = slice(int(self._indptr[number]), int(self._indptr[number + 1]))
                total[self._indices[column]] += self._data[column]
        return total

    def rarity(self, term: str) -> float:
        """Inverse document frequency, `ln(1 + (N - n + 0.5) / (n + 0.5))`; highest for an unknown term."""
        number = self._vocabulary.get(term)
        held = 0 if number is None else int(self._indptr[number + 1]) - int(self._indptr[number])
        return math.log(1 + (self.size - held + 0.5) / (held + 0.5))

    def save(self, path: Path, *, generation: int) -> None:
        """Write it to a file, all or nothing.

        Args:
            path: The file.
            generation: State of the catalog it was built from.
        """
        import numpy as np

        words = "\n".join(self._vocabulary).encode()
        scratch = path.with_suffix(".tmp")
        with scratch.open("wb") as file:
            np.savez(
                file,
                data=self._data,
                indices=self._indices,
                indptr=self._indptr,
                words=np.frombuffer(words, dtype=np.uint8),
                state=np.asarray([FORMAT, generation, self.size], dtype=np.int64),
            )
        scratch.replace(path)

    @classmethod
    def load(cls, path: Path, *, generation: int) -> LexicalIndex | None:
        """Read it from a file; None when there is none of that state.

        Args:
            path: The file.
            generation: State of the catalog it has to be built from.
        """
        import numpy as np

        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                form, built_from, size = (int(value) for value in stored["state"])
                if form != FORMAT or built_from != generation:
                    return None
                columns = {name: stored[name] for name in ("data", "indices", "indptr")}
                words = stored["words"].tobytes().decode()
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return cls({word: i for i, word in enumerate(words.split("\n"))} if words else {}, columns, size)


def _split_unspaced(word: str) -> list[str]:
    if not _UNSPACED.search(word) or len(word) < 3:
        return [word]
    return [word[i : i + 2] for i in range(len(word) - 1)]
