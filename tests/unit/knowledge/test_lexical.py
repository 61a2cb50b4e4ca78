"""Terms and BM25."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from podium.knowledge.lexical import K1, Analyzer, B, LexicalIndex

TEXTS = ["The kettle is repaired", "kettles and kettle lids for the kettle", "a parcel", ""]


def fitted() -> tuple[Analyzer, LexicalIndex]:
    analyzer = Analyzer()
    return analyzer, LexicalIndex.fit([analyzer.terms(text) for text in TEXTS])


def test_terms_are_stems_without_stop_words() -> None:
    assert Analyzer().terms("The REPAIRS of kettles") == ["repair", "kettl"]


def test_scripts_without_spaces_become_pairs() -> None:
    assert Analyzer().terms("返品期間") == ["返品", "品期", "期間"]


def test_other_scripts_stay_as_they_are() -> None:
    assert Analyzer().terms("возврат товара") == ["возврат", "товара"]


def test_scores_are_bm25() -> None:
    _, index = fitted()
    lengths = [2, 4, 1, 0]
    mean = sum(lengths) / 4
    rarity = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    expected = [
        rarity * tf / (tf + K1 * (1 - B + B * length / mean)) if tf else 0
        for tf, length in zip([1, 3, 0, 0], lengths, strict=True)
    ]
    assert index.scores(["kettl"]).tolist() == pytest.approx(expected, rel=1e-4)
    assert index.rarity("kettl") == pytest.approx(rarity)


def test_unknown_terms_score_nothing_and_are_rarest() -> None:
    _, index = fitted()
    assert not index.scores(["zebra"]).any()
    assert index.rarity("zebra") > index.rarity("parcel") > index.rarity("kettl")


def test_no_texts_and_no_terms_are_fine() -> None:
    assert LexicalIndex.fit([]).scores(["a"]).shape == (0,)
    assert LexicalIndex.fit([[], []]).scores(["a"]).tolist() == [0, 0]


def test_it_is_the_same_after_saving(tmp_path: Path) -> None:
    analyzer, index = fitted()
    index.save(tmp_path / "l.npz", generation=3)
    loaded = LexicalIndex.load(tmp_path / "l.npz", generation=3)
    assert loaded is not None
    terms = analyzer.terms("kettle parcel")
    assert loaded.scores(terms).tolist() == index.scores(terms).tolist()


def test_a_stale_missing_or_damaged_file_is_not_used(tmp_path: Path) -> None:
    _, index = fitted()
    path = tmp_path / "l.npz"
    assert LexicalIndex.load(path, generation=1) is None
    index.save(path, generation=1)
    assert LexicalIndex.load(path, generation=2) is None
    path.write_bytes(path.read_bytes()[:-40])
    assert LexicalIndex.load(path, generation=1) is None
