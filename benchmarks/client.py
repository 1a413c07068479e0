"""A small load generator for machines without wrk: plain asyncio, one request in flight per connection."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from itertools import count


async def connection(port: int, end: float, latencies: list[float], wrong: list[int]) -> None:
    """Ask one request after another until `end`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wanted = os.environ["LOAD_STATUS"].encode()
    while time.perf_counter() < end:
        started = time.perf_counter()
        writer.write(request())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        if length:
            await reader.readexactly(length)
        latencies.append(time.perf_counter() - started)
        if head[9:12] != wanted:
            wrong[0] += 1
    writer.close()


_numbers = count(1)


def request() -> bytes:
    """The next request as bytes."""
    unique = f"{os.environ['LOAD_RUN']}{next(_numbers)}"
    path, body = (os.environ[name].replace("@", unique) for name in ("LOAD_PATH", "LOAD_BODY"))
    lines = [f"{os.environ['LOAD_METHOD']} {path} HTTP/1.1", *os.environ["LOAD_HEADERS"].split("\n")]
    if body:
        lines += ["Content-Type: application/json"] * ("Content-Type" not in os.environ["LOAD_HEADERS"])
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def main(port: int, connections: int, seconds: float) -> None:
    """Run and print the result."""
    latencies: list[float] = []
    wrong = [0]
    started = time.perf_counter()
    await asyncio.gather(*(connection(port, started + seconds, latencies, wrong) for _ in range(connections)))
    taken = time.perf_counter() - started
    latencies.sort()
    at = lambda share: round(latencies[int(share * (len(latencies) - 1))] * 1000, 4)  # noqa: E731
    result = {
        "requests": len(latencies),
        "seconds": taken,
        "p50": at(0.5),
        "p99": at(0.99),
        "wrong": wrong[0],
    }
    print("RESULT " + json.dumps(result))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
