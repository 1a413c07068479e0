"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_TENANT = "acme"
DEFAULT_SEED = "loyalty"


@dataclass(frozen=True, slots=True)
class Config:
    """The choices of one server.

    `seed` is the name of a shipped seed set or a path to a folder of one; `spec` the source of the
    documents and `spec_dir` the folder of official ones (None: those pulled). `random_seed` fixes
    ids and codes; `automatic_worlds` lets a tenant name that is met for the first time get a world.
    `host` is where the server listens; the control API answers requests to that name too. `data` is
    the file that keeps all worlds; without one they end with the process.
    """

    tenant: str = DEFAULT_TENANT
    seed: str = DEFAULT_SEED
    spec: Literal["bundled", "official"] = "bundled"
    spec_dir: Path | None = None
    random_seed: str = "0"
    automatic_worlds: bool = True
    world_limit: int = 1000
    host: str = "127.0.0.1"
    webhook_hosts: tuple[str, ...] = ()
    data: Path | None = None


def version() -> str:
    """The version of this package."""
    from importlib.metadata import version as installed  # noqa: PLC0415  # slow to import, rarely needed

    return installed("emporix-mock")
