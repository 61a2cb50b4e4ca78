"""Fencing text as data, so that what stands in it cannot pass for an instruction of ours.

A fence opens with `<<<` and closes with `>>>`. Neither can occur inside: runs of three or more angle
brackets in the text are written with other characters, so no text closes its own fence or opens another.
"""

from __future__ import annotations

import re

_OPEN = re.compile(r"<{3,}")
_CLOSE = re.compile(r">{3,}")


def defuse(text: str) -> str:
    """The text with nothing in it that a fence is made of."""
    if "<<<" not in text and ">>>" not in text:
        return text
    return _CLOSE.sub(lambda m: "\u203a" * len(m[0]), _OPEN.sub(lambda m: "\u2039" * len(m[0]), text))


def fence(kind: str, text: str, **labels: str) -> str:
    """The text as data.

    Args:
        kind: What it is, such as `evidence`; ours, not from outside.
        text: What to fence.
        labels: Shown in the opening line; empty ones are left out.
    """
    shown = "".join(f' {name}="{_label(value)}"' for name, value in labels.items() if value)
    return f"<<<{kind}{shown}\n{defuse(text)}\n{kind}>>>"


def _label(value: str) -> str:
    return defuse(" ".join(value.split())).replace('"', "'")[:120]
