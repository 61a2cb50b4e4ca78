"""HTML: what a reader sees, in reading order; scripts, styles, menus and hidden parts are left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podium.core.errors import KnowledgeError
from podium.knowledge.formats.draft import Draft, TextBuilder, one_line, row_line

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

_UNSEEN = (
    "script",
    "style",
    "template",
    "noscript",
    "nav",
    "footer",
    "svg",
    "iframe",
    "object",
    "form",
    "head",
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^h[1-6]$")
_BLOCKS_TEXT = """
address article aside blockquote body dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5
h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_DATES = ("date", "dc.date", "article:modified_time", "article:published_time", "last-modified")


def read_html(data: bytes, name: str) -> Draft:
    """A draft of an HTML page.

    Args:
        data: The file.
        name: Its name, for messages.

    Raises:
        KnowledgeError: Its bytes fit no encoding it declares.
    """
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        soup = BeautifulSoup(data, "lxml", from_encoding=_encoding(data))
    except (ParserRejectedMarkup, ValueError, AssertionError, RecursionError) as error:
        raise KnowledgeError(
            f"{name} is no readable HTML: {type(error).__name__}", hint="Save it again."
        ) from None
    if soup.contains_replacement_characters:
        raise KnowledgeError(f"{name} is not in the encoding it declares", hint="Save the page as UTF-8.")
    declared = _declared(soup)
    title = one_line(soup.title.get_text()) if soup.title else ""
    for tag in soup.find_all(_is_unseen):
        if not tag.decomposed:
            tag.decompose()
    builder = TextBuilder()
    if soup.body is not None:
        _lay_out(soup.body, builder)
    headings = builder.headings()
    draft = Draft(text=builder.text(), headings=headings)
    draft.declare(declared)
    draft.title = draft.title or title or next((h.title for h in headings if h.level == 1), "")
    return draft


def _encoding(data: bytes) -> str | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _declared(soup: BeautifulSoup) -> dict[str, object]:
    declared: dict[str, object] = {}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or "").lower()
        if not name or name in ("viewport", "generator", "robots", "charset"):
            continue
        key = "date" if name in _DATES else name.replace(":", "_").replace(".", "_")
        declared.setdefault(key, str(meta.get("content") or ""))
    return declared


def _is_unseen(tag: Tag) -> bool:
    if tag.name in _UNSEEN or tag.has_attr("hidden"):
        return True
    return str(tag.get("aria-hidden", "")).lower() == "true" or bool(
        _HIDDEN.search(str(tag.get("style", "")))
    )


def _lay_out(parent: Tag, builder: TextBuilder) -> None:
    """Walk the page without recursion into deep nesting: blocks are opened on a stack."""
    run: list[str] = []
    stack: list[object] = [*reversed(list(parent.children))]
    while stack:
        node = stack.pop()
        if node is _END:
            _flush(run, builder)
        elif getattr(node, "name", None) is None:
            if type(node).__name__ == "NavigableString":
                run.append(str(node))
        else:
            _open(node, run, stack, builder)
    _flush(run, builder)


_END = object()
_NUMBER = "data-podium-number"


def _open(node: object, run: list[str], stack: list[object], builder: TextBuilder) -> None:
    from bs4.element import Tag

    if not isinstance(node, Tag):
        return
    if node.name == "br":
        run.append("\n" if node.find_parent("pre") else " ")
        return
    if node.name in _BLOCKS:
        _flush(run, builder)
    if _HEADING.match(node.name):
        builder.heading(int(node.name[1]), node.get_text(" "))
    elif node.name == "table":
        _table(node, builder)
    elif node.name == "pre":
        builder.verbatim(node.get_text())
    elif node.name == "li" and node.find(["ul", "ol", "p", "table"]) is None:
        before = node.find_previous_sibling("li")
        builder.line(f"{_marker(node)}{node.get_text()}", first=before is None)
    else:
        if node.name in _BLOCKS:
            stack.append(_END)
        stack.extend(reversed(list(node.children)))


def _marker(item: Tag) -> str:
    """The item's number, counted on the item before it so that a long list is not walked again and again."""
    if item.parent is None or item.parent.name != "ol":
        return "- "
    before = item.find_previous_sibling("li")
    number = int(str(before.get(_NUMBER, "0"))) + 1 if before is not None else 1
    item[_NUMBER] = str(number)
    return f"{number}. "


def _table(table: Tag, builder: TextBuilder) -> None:
    headers: list[str] = []
    first = True
    for row in table.find_all("tr"):
        cells = row.find_all(["td", "th"])
        words = [one_line(cell.get_text(" ")) for cell in cells]
        if not headers and first and cells and all(cell.name == "th" for cell in cells):
            headers = words
        elif line := row_line(headers, words):
            builder.line(line, first=first)
            first = False


def _flush(run: list[str], builder: TextBuilder) -> None:
    builder.block("".join(run))
    run.clear()
