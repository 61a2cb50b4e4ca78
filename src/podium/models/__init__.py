"""Models: chat models by role, embedding models."""
