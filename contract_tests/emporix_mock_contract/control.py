"""The control API of a mock: a state to come back to before every case, mails, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emporix_mock_contract.client import Client

BASE = "contractbase"
BEFORE = "contractbefore"


class Control:
    """The world of one tenant, handled from outside."""

    def __init__(self, client: Client, tenant: str) -> None:
        self._client = client
        self._world = f"/_mock/worlds/{tenant}"

    @classmethod
    def find(cls, client: Client, tenant: str) -> Control | None:
        """The control API of the target; None for a target that has none."""
        answer = client.send("GET", "/_mock/health")
        try:
            mock = answer.ok and answer.json().get("status") == "ok"
        except (ValueError, AttributeError):
            mock = False
        return cls(client, tenant) if mock else None

    def keep(self, name: str) -> None:
        """Remember the world as it is."""
        self._client.ask("PUT", f"{self._world}/snapshots/{name}")

    def restore(self, name: str) -> None:
        """Make the world again what it was."""
        self._client.ask("POST", f"{self._world}/snapshots/{name}/restore")

    def load(self, service: str) -> None:
        """Have the seed of a service loaded, which otherwise waits for its first request."""
        self._client.ask("GET", f"{self._world}/documents/{service}")

    def kept(self, name: str) -> dict[str, dict[str, Any]]:
        """The documents of a remembered state: service to collection to documents."""
        found: dict[str, dict[str, Any]] = self._client.ask("GET", f"{self._world}/snapshots/{name}")[
            "documents"
        ]
        return found

    def changes(self, name: str) -> list[dict[str, Any]]:
        """The documents that differ from a remembered state."""
        found: list[dict[str, Any]] = self._client.ask("GET", f"{self._world}/snapshots/{name}/diff")[
            "changes"
        ]
        return found

    def drop(self, name: str) -> None:
        """Forget a remembered state, if there is one."""
        self._client.send("DELETE", f"{self._world}/snapshots/{name}")

    def freeze(self, at: str | None = None) -> None:
        """Stop the world's clock, so that nothing expires or turns valid because a run took long.

        At a given instant, so that two runs see the same answers, or at the present one.
        """
        change = {"frozen": True} if at is None else {"frozen": True, "set": at}
        self._client.ask("PUT", f"{self._world}/clock", json=change)

    def mails(self) -> list[dict[str, Any]]:
        """The mails that customers would have got, newest last."""
        found: list[dict[str, Any]] = self._client.ask("GET", f"{self._world}/mails")
        return found

    def problems(self) -> list[dict[str, Any]]:
        """Where the mock itself went wrong."""
        found: list[dict[str, Any]] = self._client.ask("GET", f"{self._world}/problems")
        return found

    def seed(self, content: dict[str, Any]) -> None:
        """Put documents into the world, as a seed file would."""
        self._client.ask("POST", f"{self._world}/seed", json=content)
