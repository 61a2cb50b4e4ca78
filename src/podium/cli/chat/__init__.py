"""`podium chat`: a conversation in the terminal."""
