"""CSV: each record becomes one line that names its columns, so that it can be found and quoted alone."""

from __future__ import annotations

import csv
import io

from podium.core.errors import KnowledgeError
from podium.knowledge.formats.draft import Draft, decode, iso_date, row_line

_SNIFFED = 4096


def read_csv(data: bytes, name: str) -> Draft:
    """A draft of a table whose first row names the columns.

    Args:
        data: The file.
        name: Its name, for messages.

    Raises:
        KnowledgeError: It is not UTF-8, or no table.
    """
    text = decode(data, name)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), _dialect(text), strict=False) if any(row)]
    except csv.Error as error:
        raise KnowledgeError(f"{name} is no readable CSV: {error}", hint="Export it again as CSV.") from None
    if not rows:
        return Draft(text="")
    headers = [cell.strip().replace("_", " ") for cell in rows[0]]
    records = rows[1:]
    body = "\n".join(line for row in records if (line := row_line(headers, row)))
    return Draft(
        text=body,
        date=_latest_date(headers, records),
        metadata={"columns": list(headers), "records": len(records)},
        rows=True,
    )


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:_SNIFFED], delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _latest_date(headers: list[str], rows: list[list[str]]) -> str:
    columns = [i for i, header in enumerate(headers) if header.lower() in ("date", "updated", "valid from")]
    return max((iso_date(row[i]) for i in columns for row in rows if i < len(row)), default="")
