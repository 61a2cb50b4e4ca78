"""Writes the PDF documents of the corpus from the texts in `pdf/`: `python knowledge/make_pdfs.py`.

The same texts give the same bytes: the creation date comes from the text's own `date:` line. Needs
fpdf2, which only developers install; the PDFs themselves are part of the repository.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF

HERE = Path(__file__).parent


def render(text: str) -> bytes:
    """One document as PDF; a line that begins with `# ` is a heading."""
    head, body = text.split("\n\n", 1)
    meta = dict(line.split(": ", 1) for line in head.splitlines())
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.fromisoformat(meta["date"]).replace(tzinfo=UTC))
    pdf.set_title(meta["title"])
    pdf.set_author("Larch & Lantern Ltd")
    pdf.set_subject(f"version {meta['version']}")
    pdf.set_margin(22)
    pdf.add_page()
    _write(pdf, meta["title"], size=17, bold=True)
    _write(pdf, f"Larch & Lantern, {meta['date']}, version {meta['version']}", size=9)
    for line in filter(None, body.splitlines()):
        heading = line.startswith("# ")
        _write(pdf, line.removeprefix("# "), size=12 if heading else 11, bold=heading)
    return bytes(pdf.output())


def _write(pdf: FPDF, text: str, *, size: int, bold: bool = False) -> None:
    pdf.set_font("Helvetica", style="B" if bold else "", size=size)
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(size * 0.2)


def main() -> None:
    """Render every text in `pdf/` into the corpus."""
    for source in sorted((HERE / "pdf").glob("*.txt")):
        target = HERE / "corpus" / f"{source.stem}.pdf"
        target.write_bytes(render(source.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
