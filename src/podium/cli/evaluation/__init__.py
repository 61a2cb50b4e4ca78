"""What the commands of `podium eval` do."""
