"""The four agents played by a chat model, whose every word is checked against what it was given."""
