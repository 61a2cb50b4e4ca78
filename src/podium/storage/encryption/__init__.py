"""Encryption at rest: what is told of people lies in the database under a key, and opens only with it."""
