"""Wakes worlds whose next step is to run by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.store.world import World


class Alarms:
    """One timer per world on the running loop; `wake` is called when it goes off."""

    def __init__(self, wake: Callable[[World], None]) -> None:
        self._wake = wake
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def ring(self, world: World, seconds: float) -> None:
        """Wake the world after `seconds`, unless it is woken before that anyhow.

        Without a running loop nothing happens: the next request finds what is due.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if loop is not self._loop:
            self._loop, self._timers = loop, {}
        when = loop.time() + max(seconds, 0)
        set_already = self._timers.get(world.tenant)
        if set_already is not None:
            if set_already.when() <= when:
                return
            set_already.cancel()
        self._timers[world.tenant] = loop.call_at(when, self._off, world)

    def _off(self, world: World) -> None:
        self._timers.pop(world.tenant, None)
        self._wake(world)
