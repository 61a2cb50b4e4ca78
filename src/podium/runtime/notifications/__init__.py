"""Telling people: what is said, over which channels, again until it arrived."""
