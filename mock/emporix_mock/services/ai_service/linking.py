"""What the documents of the AI service refer to, and who uses what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.store.documents import values_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

AGENTS: Final = "agents"
TOOLS: Final = "tools"
TOKENS: Final = "tokens"
OAUTHS: Final = "oauths"
SERVERS: Final = "mcpServers"

REFERENCES: Final[Mapping[str, Mapping[str, str]]] = {
    AGENTS: {
        "llmConfig.token.id": TOKENS,
        "llmConfig.selfHostedParams.authorizationHeaderToken.id": TOKENS,
        "llmConfig.selfHostedParams.oauth.id": OAUTHS,
        "mcpServers.mcpServer.id": SERVERS,
        "nativeTools.id": TOOLS,
        "agentCollaborations.agentId": AGENTS,
    },
    TOOLS: {"config.databaseConfig.token.id": TOKENS, "config.embeddingConfig.token.id": TOKENS},
    SERVERS: {"config.authorizationHeaderToken.id": TOKENS},
    OAUTHS: {"clientSecretToken.id": TOKENS},
    TOKENS: {},
}
"""Where the documents of a collection name documents of others: dotted field to collection."""

SECRETS: Final = {TOKENS: ("value",), TOOLS: ("config", "botToken")}
"""What goes in and never comes out; nothing here needs it, so it is not even kept."""


def forget_secrets(collection: str, document: Document) -> None:
    """Take out of a document what must not be read again."""
    path = SECRETS.get(collection)
    if path is not None:
        *way, last = path
        for name in way:
            document = document.get(name) or {}
        document.pop(last, None)


def unknown(state: State, collection: str, document: Document) -> Iterator[tuple[str, str]]:
    """The fields of a document that name something which is not there, with what they name."""
    for field, target in REFERENCES[collection].items():
        for own in values_at(document, field.split(".")):
            if own is not None and str(own) not in state.collection(target):
                yield field, str(own)


def users(state: State, collection: str, own: str) -> Iterator[tuple[str, str, str]]:
    """Collection, id and field of every document that uses another."""
    for user, fields in REFERENCES.items():
        for field, target in fields.items():
            if target == collection:
                for key in state.collection(user).find(field, own):
                    yield user, key, field


def unlink(state: State, collection: str, own: str) -> None:
    """Take a document out of every other that uses it."""
    for user, key, field in list(users(state, collection, own)):
        document = state.collection(user).get(key)
        if document is not None:
            _drop(document, field.split("."), own)
            _save(state, user, document)


def drop_unknown(state: State, collection: str, document: Document) -> list[str]:
    """Take every reference to something that is not there out of a document; the fields they stood at."""
    found = list(unknown(state, collection, document))
    for field, own in found:
        _drop(document, field.split("."), own)
    return [field for field, _ in found]


def turn_off(state: State, collection: str, own: str) -> None:
    """Turn off everything that uses a document and is on, and what uses that in turn."""
    for user, key, _ in list(users(state, collection, own)):
        document = state.collection(user).get(key)
        if document is not None and document.get("enabled"):
            document["enabled"] = False
            _save(state, user, document)
            turn_off(state, user, key)


def _drop(document: Any, path: list[str], own: str) -> None:
    """Remove the reference at a path: an element of a list as a whole, else the member that has the id."""
    name, *rest = path
    inner = document.get(name) if isinstance(document, dict) else None
    if isinstance(inner, list):
        document[name] = [element for element in inner if own not in values_at(element, rest)]
    elif isinstance(inner, dict) and len(rest) > 1:
        _drop(inner, rest, own)
    elif inner is not None:
        del document[name]


def _save(state: State, collection: str, document: Document) -> None:
    metadata = document.setdefault("metadata", {})
    metadata["version"] = metadata.get("version", 0) + 1
    metadata["modifiedAt"] = state.timestamp()
    state.collection(collection).put(document["id"], document)
