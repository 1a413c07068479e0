"""Answers that grow while they are sent, such as server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from emporix_mock.asgi.reply import Header, Reply, cors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Send


class Streamed(Reply):
    """A reply whose body comes in parts; `body` is what was sent of it so far."""

    __slots__ = ("chunks",)

    def __init__(self, status: int, headers: list[Header], chunks: Iterator[bytes | float]) -> None:
        super().__init__(status, b"", headers)
        self.chunks = chunks


async def send_stream(send: Send, receive: Receive, reply: Streamed, *, origin: bytes | None) -> None:
    """Send the parts as they come, waiting where they say so, until they or the client are gone."""
    reply.headers.append((b"cache-control", b"no-cache"))
    if origin is not None:
        reply.headers += cors(origin)
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    gone = asyncio.ensure_future(_disconnected(receive))
    sent = []
    try:
        for part in reply.chunks:
            if isinstance(part, bytes):
                sent.append(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
            else:
                await asyncio.wait({gone}, timeout=part)
            if gone.done():
                break
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        reply.body = b"".join(sent)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
