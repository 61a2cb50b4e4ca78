"""The table of decisions. It holds rules, routes and figures, and no words of anybody."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text, text

from podium.storage.schema_columns import json_column, metadata, owned_columns, text_column

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    *owned_columns(),
    Column("thread_id", Text, nullable=False),
    text_column("run_id"),
    text_column("turn_id"),
    text_column("node"),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    text_column("checkpoint_id"),
    Column("step", Integer, nullable=True),
    Column("route", Text, nullable=False),
    text_column("rule"),
    Column("threshold", Float, nullable=True),
    Column("score", Float, nullable=True),
    text_column("policy_version"),
    text_column("who"),
    json_column("details"),
    Index("ix_decisions_thread_id_seq", "thread_id", "seq"),
    Index("ix_decisions_run_id_seq", "run_id", "seq"),
    Index("ix_decisions_tenant_at", "tenant", "at"),
    Index("ix_decisions_reviews_turn_id", "turn_id", sqlite_where=text("kind='review'")),
    sqlite_autoincrement=True,
)
