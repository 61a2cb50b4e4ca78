"""Takes traces by OTLP over HTTP in a process of its own, and says how many bytes came."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class _Receiver(HTTPServer):
    arrived = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take what is sent and say so."""
        self.server.arrived += len(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""
        del args


def main() -> None:
    """Tell the port, receive until standard input ends, and tell how many bytes came."""
    server = _Receiver(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    print(server.arrived, flush=True)


if __name__ == "__main__":
    main()
