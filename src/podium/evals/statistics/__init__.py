"""What the figures of an evaluation are worth: pure functions of numbers."""
