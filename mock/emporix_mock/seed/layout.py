"""What the collections of a service are to a seed file: keys, parents, times, schema, references."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.service import Collection
from emporix_mock.store.sources import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from emporix_mock.engine.resource import Resource
    from emporix_mock.engine.service import Service

MODIFIED = ("metadata.createdAt", "metadata.modifiedAt")


@dataclass(frozen=True, slots=True)
class Layout:
    """One collection: its declaration with nothing left open.

    `path` is that of the resource it belongs to, `version` the number a new document starts with.
    """

    declared: Collection
    key: str
    new_id: str
    parent: str | None
    times: tuple[str, ...]
    version: int | None = None
    path: str | None = None

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self.declared.name

    @property
    def stamp(self) -> Callable[[datetime], str]:
        """Writes a moment as this collection stores it."""
        return self.declared.stamp or instant

    @property
    def identity(self) -> tuple[Any, ...]:
        """All that decides how a file is read and checked, as a value with a stable `repr`."""
        plain = replace(self.declared, stamp=None, spelling=str)
        functions = [getattr(f, "__qualname__", "") for f in (self.stamp, self.declared.spelling)]
        resource = (self.version, self.path)
        return (plain, functions, self.key, self.new_id, self.parent, self.times, *resource)


def layouts(service: Service | None) -> Mapping[str, Layout]:
    """The collections of a service by name; none for a service that keeps nothing yet."""
    if service is None:
        return {}
    resources = {resource.collection: resource for resource in service.resources}
    names = dict.fromkeys((*resources, *service.collections))
    return {
        name: _layout(service.collections.get(name) or Collection(name), resources.get(name))
        for name in names
    }


def _layout(declared: Collection, resource: Resource | None) -> Layout:
    if resource is None:
        return Layout(
            declared,
            key=declared.key or "id",
            new_id=declared.new_id or "given",
            parent=declared.parent,
            times=declared.times or (),
        )
    times = declared.times if declared.times is not None else (MODIFIED if _has_metadata(resource) else ())
    return Layout(
        declared,
        key=declared.key or resource.key,
        new_id=declared.new_id or (resource.new_id if isinstance(resource.new_id, str) else "given"),
        parent=declared.parent or "/".join(resource.parents) or None,
        times=times,
        version=resource.version if resource.metadata == "nested" else None,
        path=resource.path,
    )


def _has_metadata(resource: Resource) -> bool:
    return resource.version is not None and resource.metadata in ("nested", "times")
