"""The floor: an ASGI application that reads the body and answers fixed JSON, on the uvicorn we use."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

BODY = (
    b"["
    + b",".join([b'{"id":"64b7a0c2e4d5f60012ab3401","type":"coupon","name":"voucher","points":500}'] * 8)
    + b"]"
)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer."""
    if scope["type"] != "http":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), http="httptools", loop="uvloop", access_log=False, log_level="warning"
    )
