"""What a run of a suite came to, as one page without a server, as JSON and in the terminal."""
