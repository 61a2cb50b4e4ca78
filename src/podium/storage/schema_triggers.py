"""Tables of what begins by itself: schedules, triggers of events, and what they fired."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text, UniqueConstraint, text

from podium.storage.schema_columns import json_column, metadata, owned_columns, text_column, time_column

crons = Table(
    "crons",
    metadata,
    Column("cron_id", Text, primary_key=True),
    *owned_columns(),
    Column("assistant_id", Text, nullable=False),
    Column("thread_id", Text, nullable=True),
    Column("schedule", Text, nullable=False),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("enabled", Integer, nullable=False, server_default="1"),
    text_column("on_run_completed"),
    time_column("end_time"),
    time_column("next_run_at"),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    json_column("payload"),
    json_column("metadata"),
    text_column("name"),
    text_column("source"),
    Column("missed", Text, nullable=False, server_default="once"),
    Column("window_s", Float, nullable=False, server_default="86400"),
    Column("overlap", Text, nullable=False, server_default="allow"),
    Index("ix_crons_enabled_next_run_at", "enabled", "next_run_at"),
    Index("ix_crons_tenant_name", "tenant", "name", unique=True, sqlite_where=text("name != ''")),
)

triggers = Table(
    "triggers",
    metadata,
    Column("trigger_id", Text, primary_key=True),
    *owned_columns(),
    Column("name", Text, nullable=False),
    text_column("source"),
    Column("enabled", Integer, nullable=False, server_default="1"),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    json_column("settings"),
    UniqueConstraint("tenant", "name"),
)

_UNDER_WAY = text("status IN ('waiting', 'started')")

firings = Table(
    "firings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("trigger_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    *owned_columns(),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    text_column("digest"),
    text_column("version"),
    Column("lane", Text, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("allowed", Integer, nullable=False, server_default="1"),
    text_column("thread_id"),
    text_column("run_id"),
    time_column("started_at"),
    time_column("ended_at"),
    text_column("error"),
    json_column("event"),
    UniqueConstraint("trigger_id", "event_id"),
    Index("ix_firings_trigger_id_seq", "trigger_id", "seq"),
    Index("ix_firings_run_id", "run_id"),
    Index("ix_firings_open", "trigger_id", "lane", "seq", sqlite_where=_UNDER_WAY),
    Index("ix_firings_status_due_at", "status", "due_at", sqlite_where=_UNDER_WAY),
    sqlite_autoincrement=True,
)
