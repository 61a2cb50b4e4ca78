"""What readers of streams ask for."""

from __future__ import annotations

import pytest

from podium.server.sse import modes_of


@pytest.mark.parametrize(
    ("said", "modes"),
    [
        (None, None),
        ([], None),
        ([""], None),
        (["updates"], {"updates"}),
        (["updates", "values"], {"updates", "values"}),
        (['["updates","messages-tuple"]'], {"updates", "messages-tuple"}),
        (['["updates", 7]', "values"], {"updates", "values"}),
        (["[]"], None),
        (["[broken"], {"[broken"}),
    ],
)
def test_modes_are_named_one_by_one_or_in_a_json_list(said: list[str] | None, modes: set[str] | None) -> None:
    assert modes_of(said) == modes
