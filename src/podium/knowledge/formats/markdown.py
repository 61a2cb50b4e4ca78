"""Markdown with YAML front matter, through markdown-it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podium.core.errors import KnowledgeError
from podium.knowledge.formats.draft import Draft, TextBuilder, decode, row_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def read_markdown(data: bytes, name: str) -> Draft:
    """A draft of a Markdown file: markup is taken away, structure is kept.

    Args:
        data: The file.
        name: Its name, for messages.

    Raises:
        KnowledgeError: It is not UTF-8, or its front matter is no YAML mapping.
    """
    from markdown_it import MarkdownIt

    text = decode(data, name)
    declared: dict[str, object] = {}
    if match := _FRONT_MATTER.match(text):
        declared = _front_matter(match[1], name)
        text = text[match.end() :]
    layout = _Layout()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        layout.take(token)
    headings = layout.builder.headings()
    draft = Draft(text=layout.builder.text(), headings=headings)
    draft.declare(declared)
    if not draft.title:
        draft.title = next((heading.title for heading in headings if heading.level == 1), "")
    return draft


def _front_matter(text: str, name: str) -> dict[str, object]:
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise KnowledgeError(f"{name}: the front matter uses YAML aliases", hint="Write the values out.")
        declared = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise KnowledgeError(
            f"{name}:{line}: the front matter is no valid YAML",
            hint="Mend it, or remove the block between the '---'.",
        ) from None
    if declared is None:
        return {}
    if not isinstance(declared, dict):
        raise KnowledgeError(
            f"{name}:2: the front matter is no mapping", hint="Write it as 'name: value' lines."
        )
    return declared


class _Layout:
    """Turns the parser's tokens into blocks."""

    def __init__(self) -> None:
        self.builder = TextBuilder()
        self._level = 0
        self._items: list[bool] = []
        self._marker = ""
        self._row: list[str] = []
        self._headers: list[str] = []
        self._in_head = False
        self._in_table = False
        self._first_row = True

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._level = int(token.tag[1:])
            case "heading_close":
                self._level = 0
            case "bullet_list_open" | "ordered_list_open":
                self._items.append(True)
            case "bullet_list_close" | "ordered_list_close":
                self._items.pop()
            case "list_item_open":
                self._marker = f"{token.info}. " if token.info else "- "
            case "fence" | "code_block":
                self.builder.verbatim(token.content)
            case "inline":
                self._inline(_words(token))
            case _:
                self._table(token.type)

    def _table(self, kind: str) -> None:
        match kind:
            case "table_open":
                self._in_table, self._first_row, self._headers = True, True, []
            case "table_close":
                self._in_table = False
            case "thead_open":
                self._in_head = True
            case "thead_close":
                self._in_head, self._headers = False, self._row
            case "tr_open":
                self._row = []
            case "tr_close" if not self._in_head:
                self.builder.line(row_line(self._headers, self._row), first=self._first_row)
                self._first_row = False

    def _inline(self, words: str) -> None:
        if self._level:
            self.builder.heading(self._level, words)
        elif self._in_table:
            self._row.append(words)
        elif self._items and self._marker:
            self.builder.line(self._marker + words, first=self._items[-1])
            self._items[-1] = False
            self._marker = ""
        else:
            self.builder.block(words)


def _words(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
