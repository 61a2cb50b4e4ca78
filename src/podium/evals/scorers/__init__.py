"""Scorers: each judges one run of a case by one thing, and says nothing where that thing is not expected."""
