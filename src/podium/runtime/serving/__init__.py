"""Requested runs of any graph: accepted, queued, carried out, streamed and recovered."""
