"""The deterministic agents: they quote what they find, ask for what is missing, and never invent."""
