"""Sends events to a server from 16 callers at once, in a process of its own: `sender.py HOST PORT EACH`.

It speaks as little HTTP as it can, since what it spends is taken from the server. Its last line is the
seconds for an event, all callers together.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from uuid import uuid4

CALLERS = 16
DATA = {"order": "O-1", "customer": "nora", "lines": [{"sku": "knife", "note": "x" * 600}]}


async def send(host: str, port: int, each: int) -> None:
    """One caller: each event is sent when the one before was taken."""
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(each):
        body = json.dumps({"id": str(uuid4()), "data": DATA}).encode()
        head = (
            f"POST /podium/v1/triggers/orders/events HTTP/1.1\r\nhost: {host}:{port}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status = await reader.readline()
        if b" 202 " not in status:
            raise RuntimeError(status.decode())
        length = 0
        while (line := await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        await reader.readexactly(length)
    writer.close()


async def main(host: str, port: int, each: int) -> float:
    """Seconds for an event."""
    await asyncio.gather(*(send(host, port, 2) for _ in range(CALLERS)))
    began = time.perf_counter()
    await asyncio.gather(*(send(host, port, each) for _ in range(CALLERS)))
    return (time.perf_counter() - began) / (CALLERS * each)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
