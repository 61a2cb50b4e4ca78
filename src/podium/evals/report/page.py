"""A report as one HTML file: no server, no network, nothing that is not in the file."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from podium.evals.report import charts
from podium.evals.report.model import Report

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = "podium.evals.report"
_LONGEST_TEXT = 20_000
"""Characters of one value that are shown; the log has the whole."""


def page_of(report: Report) -> str:
    """The page.

    Whatever it shows of cases, documents, tools and models is text and never markup; the page's own script
    is the only one that its content security policy lets run.

    Args:
        report: What is shown.
    """
    script, style = _file("page.js"), _file("page.css")
    template = _environment().from_string(_file("page.html.j2"))
    return template.render(
        report=report,
        script=script,
        style=style,
        rows=_embedded(_rows(report)),
        policy=f"default-src 'none'; img-src data:; script-src '{_hash(script)}'; style-src '{_hash(style)}'",
        charts=charts,
        percent=_percent,
        pretty=partial(json.dumps, indent=2, ensure_ascii=False, default=str),
        clipped=_clipped,
    )


def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _file(name: str) -> str:
    return files(_HERE).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _rows(report: Report) -> list[list[Any]]:
    return [
        [row.id, row.epoch, " ".join(row.tags), row.score, round(row.seconds, 3), row.error]
        for row in report.rows
    ]


def _embedded(value: object) -> str:
    """JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _clipped(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}\n… {len(text) - _LONGEST_TEXT:,} more characters are in the log"
