"""Spans, metrics and structured log lines with the same ids, off the hot path."""
