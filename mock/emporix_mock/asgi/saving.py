"""The origin of a server with a data file: nothing is answered before what it did is in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from emporix_mock.asgi.front import Front
from emporix_mock.asgi.reply import json_reply, send_reply
from emporix_mock.store.saving import SavedWorlds, UnsavedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive, Scope, Send

    from emporix_mock.asgi.runtime import Runtime


class SavingFront(Front):
    """Saves the worlds before the first byte of every answer, and when the server stops."""

    def __init__(self, runtime: Runtime, segments: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(runtime, segments)
        assert isinstance(runtime.worlds, SavedWorlds)  # noqa: S101  # `create_app` sees to that
        self._worlds = runtime.worlds
        self.on_startup.append(self._catch_up)
        self.on_shutdown.append(self._close)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as any server, 500 where the file does not take what the request did."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        begun, failure = False, None

        async def saved(message: Message) -> None:
            nonlocal begun, failure
            try:
                self._worlds.save()
            except UnsavedError as error:
                failure = error
                raise
            begun = True
            await send(message)

        try:
            await super().__call__(scope, receive, saved)
        except UnsavedError:
            if begun:
                raise
        if failure is not None and not begun:
            await self._refuse(scope, send, failure)

    async def _refuse(self, scope: Scope, send: Send, error: UnsavedError) -> None:
        self.runtime.problem(None, None, str(error))
        body = {"code": 500, "status": "Internal Server Error", "message": str(error)}
        reply = json_reply(500, orjson.dumps(body), (b"x-emporix-mock-problem", b"1"))
        origin = dict(scope["headers"]).get(b"origin")
        await send_reply(send, reply, origin=origin, head=scope["method"] == "HEAD")

    async def _catch_up(self) -> None:
        """Let what became due while no server ran happen now."""
        for world in self._worlds:
            if world.due is not None:
                self.runtime.catch_up(world)

    async def _close(self) -> None:
        self._worlds.close()
