"""Version and times of documents: written at every write, checked where an update names a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SERVER_SIDE = ("version", "createdAt", "modifiedAt", "updatedAt")
FLAT = {"version": "metadataVersion", "createdAt": "metadataCreatedAt", "modifiedAt": "metadataModifiedAt"}


def stamp(resource: Resource, state: State, new: Document, old: Document | None) -> None:
    """Set version and times of `new`. Raises the resource's `stale` and `unversioned`."""
    if resource.metadata == "nested":
        new["metadata"] = _nested(resource, state, new, old)
    elif resource.metadata == "times":
        new["metadata"] = _times(resource, state, new, old)
    elif resource.metadata == "top":
        new["version"] = _next(resource, new.get("version"), old, (old or {}).get("version"))
    else:
        _flat(resource, state, new, old)


def first(state: State) -> Document:
    """The metadata of a new document that no resource writes."""
    now = state.timestamp()
    return {"version": 1, "createdAt": now, "modifiedAt": now}


def given_version(resource: Resource, body: Document) -> Any:
    """The version that an update says it is of, None where it names none."""
    if resource.metadata == "nested":
        metadata = body.get("metadata")
        return metadata.get("version") if isinstance(metadata, dict) else None
    return body.get("version" if resource.metadata == "top" else FLAT["version"])


def _times(resource: Resource, state: State, new: Document, old: Document | None) -> Document:
    now, current = state.timestamp(), (old or {}).get("metadata") or {}
    kept = {k: v for k, v in (new.get("metadata") or {}).items() if k not in SERVER_SIDE}
    return {**kept, "createdAt": current.get("createdAt", now), resource.modified: now}


def _next(resource: Resource, given: Any, old: Document | None, current: Any) -> int | None:
    """The version after this write."""
    if old is None:
        return resource.version
    current = resource.version if current is None else current
    if resource.lock == "required" and given is None:
        raise resource.unversioned(str(old[resource.key]))
    if resource.lock != "ignored" and given is not None and given != current:
        key = str(old[resource.key])
        raise resource.not_latest(key, given) if resource.not_latest else resource.stale(key)
    return int(current or 0) + 1


def _nested(resource: Resource, state: State, new: Document, old: Document | None) -> Document:
    metadata = new.get("metadata")
    given: Document = metadata if isinstance(metadata, dict) else {}
    kept = {key: value for key, value in given.items() if key not in SERVER_SIDE}
    now = state.timestamp()
    if old is None:
        return {**kept, "version": resource.version, "createdAt": now, resource.modified: now}
    current = old.get("metadata") or {}
    version = _next(resource, given.get("version"), old, current.get("version"))
    kept = {**{k: v for k, v in current.items() if k not in SERVER_SIDE}, **kept}
    return {**kept, "version": version, "createdAt": current.get("createdAt", now), resource.modified: now}


def _flat(resource: Resource, state: State, new: Document, old: Document | None) -> None:
    now, before = state.timestamp(), old or {}
    version = FLAT["version"]
    new[version] = _next(resource, new.get(version), old, before.get(version))
    new[FLAT["createdAt"]] = before.get(FLAT["createdAt"], now)
    new[FLAT["modifiedAt"]] = now
