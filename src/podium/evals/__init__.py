"""Evaluation suites: what is run, how it is scored, and what the figures are worth."""
