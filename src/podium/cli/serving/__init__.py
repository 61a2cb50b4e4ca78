"""Running the server: the socket, the process that serves, and its replacement when files change."""
