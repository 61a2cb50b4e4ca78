"""The columns that tables have in common, and the collection of all tables."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_column(name: str) -> Column[str]:
    """Text that is never missing."""
    return Column(name, Text, nullable=False, server_default="")


def json_column(name: str) -> Column[str]:
    """JSON, as text."""
    return Column(name, Text, nullable=True)


def time_column(name: str) -> Column[str]:
    """A moment in ISO 8601 in UTC, or none."""
    return Column(name, Text, nullable=True)


def owned_columns() -> list[Column[str] | Column[int]]:
    """Whose a row is, and the version of its JSON payloads."""
    return [text_column("tenant"), text_column("owner"), version_column()]


def version_column() -> Column[int]:
    """The version of a row's JSON payloads."""
    return Column("schema_version", Integer, nullable=False, server_default="1")
