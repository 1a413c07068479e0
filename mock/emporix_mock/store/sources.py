"""The only place that reads a clock or draws randomness; both belong to a world and can be fixed."""

from __future__ import annotations

import random
import struct
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

_UUID_MASK = ~(0xF << 76 | 0x3 << 62)
_UUID_VERSION_4 = 0x4 << 76 | 0x2 << 62
_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Clock:
    """A world's time: real time plus an offset, or frozen at an instant.

    Every instant is an aware UTC `datetime` with millisecond precision, as the API prints it.
    """

    __slots__ = ("_frozen", "_offset")

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen is not None

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset if self._frozen is None else self._frozen

    def now(self) -> datetime:
        """The instant, cut to milliseconds."""
        # Sums of seconds end a little below the millisecond that is meant: rounded first, then cut.
        return datetime.fromtimestamp(round(self.seconds() * 1e6) // 1000 / 1000, UTC)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop time, at `at` or now."""
        self._frozen = at.timestamp() if at is not None else self.seconds()

    def set(self, at: datetime) -> None:
        """Jump to `at`; a frozen clock stays frozen there, a running one runs on from there."""
        if self._frozen is None:
            self._offset = at.timestamp() - time.time()
        else:
            self._frozen = at.timestamp()

    def advance(self, by: timedelta) -> None:
        """Move by `by`, which may be negative."""
        if self._frozen is None:
            self._offset += by.total_seconds()
        else:
            self._frozen += by.total_seconds()

    def resume(self) -> None:
        """Let a frozen clock run on from where it stands."""
        if self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None

    def reset(self) -> None:
        """Back to real time."""
        self._offset, self._frozen = 0.0, None

    def dump(self) -> tuple[float, float | None]:
        """The state that `load` takes back."""
        return self._offset, self._frozen

    def load(self, state: tuple[float, float | None]) -> None:
        """Take the state of `dump`."""
        self._offset, self._frozen = state


class Ids:
    """Seeded source of ids and other random values: the same seed gives the same sequence."""

    __slots__ = ("_random", "_seed")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  # repeatable on purpose, not for secrets

    def object_id(self) -> str:
        """24 lower-case hex digits."""
        return f"{self._random.getrandbits(96):024x}"

    def uuid(self) -> str:
        """A version 4 UUID."""
        digits = f"{self._random.getrandbits(128) & _UUID_MASK | _UUID_VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def hex(self, digits: int) -> str:
        """`digits` lower-case hex digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def digits(self, count: int) -> str:
        """`count` decimal digits, the first not 0."""
        return str(self._random.randrange(10 ** (count - 1), 10**count))

    def token(self, length: int) -> str:
        """`length` alphanumeric characters."""
        return "".join(self._random.choices(_ALPHANUMERIC, k=length))

    def reset(self) -> None:
        """Start the sequence again."""
        self._random.seed(self._seed)

    def dump(self) -> object:
        """The state that `load` takes back."""
        return self._random.getstate()

    def load(self, state: object) -> None:
        """Take the state of `dump`."""
        self._random.setstate(state)  # type: ignore[arg-type]


def packed(state: Any) -> bytes:
    """The state of `Ids.dump` as bytes."""
    version, words, gauss = state
    return orjson.dumps([version, gauss]) + b"\n" + struct.pack(f"<{len(words)}I", *words)


def unpacked(raw: bytes) -> object:
    """The state that `packed` was given."""
    head, _, words = raw.partition(b"\n")
    version, gauss = orjson.loads(head)
    return version, struct.unpack(f"<{len(words) // 4}I", words), gauss


def instant(value: datetime) -> str:
    """`value` as the API prints most instants: `2023-07-25T13:28:25.960Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


wall_seconds = time.time
"""Real time in seconds since the epoch, for records of the server rather than of a world."""

stopwatch = time.perf_counter
"""A monotonic reading in seconds, for measuring how long something took."""
