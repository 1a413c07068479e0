"""The bundled document of before: the words in it and the names it gave, found again by location."""

from __future__ import annotations

from typing import Any, Final

from emporix_mock_spec.bundling.strip import SCHEMAS
from emporix_mock_spec.compile import operations, resolve

__all__ = ["Prior", "words"]

Json = dict[str, Any]

_BEFORE: Final = ("title", "summary", "description")
_AFTER: Final = ("externalDocs", "example", "examples")


def words(node: Any, *, after: bool) -> Json:
    """The words standing at `node`: names and descriptions, or (`after`) examples and extensions."""
    if not isinstance(node, dict):
        return {}
    if not after:
        return {key: node[key] for key in _BEFORE if key in node}
    return {key: node[key] for key in node if key in _AFTER or key.startswith("x-")}


class Prior:
    """Looks up nodes of the previous document; everything is empty where there was none."""

    def __init__(self, document: Json | None) -> None:
        self.document: Json = document or {}
        self._found = {
            node.get("operationId") or f"{method.upper()} {path}": (path, node)
            for path, method, node in operations(self.document)
        }

    @property
    def ids(self) -> list[str]:
        """The operation ids, in the order of the document."""
        return list(self._found)

    def operation(self, operation: str) -> Json:
        """The operation of that id."""
        return self._found[operation][1] if operation in self._found else {}

    def follow(self, node: Any) -> Any:
        """What `node` stands for, None where nothing stands."""
        return resolve(self.document, node) if node is not None else None

    def reference(self, node: Any, group: str) -> str:
        """The name of the component of `group` that `node` refers to, empty when it is no reference."""
        target = node.get("$ref", "") if isinstance(node, dict) else ""
        start = f"#/components/{group}/"
        return target.removeprefix(start) if target.startswith(start) else ""

    def schema_name(self, node: Any) -> str:
        """The name of the schema that `node` refers to."""
        return self.reference(node, SCHEMAS.split("/")[2])

    def component(self, group: str, name: str) -> Any:
        """The component of that name, None where there is none."""
        return ((self.document.get("components") or {}).get(group) or {}).get(name)

    def parameter(self, operation: str, place: str, name: str) -> Any:
        """The parameter as it stands in the operation or its path, possibly a reference."""
        if operation not in self._found:
            return None
        path, node = self._found[operation]
        both = [*(node.get("parameters") or ()), *(self.document["paths"][path].get("parameters") or ())]
        for each in both:
            found = self.follow(each) or {}
            if (found.get("in"), str(found.get("name")).lower()) == (place, name.lower()):
                return each
        return None

    def response(self, operation: str, status: str) -> Any:
        """The response as it stands in the operation, possibly a reference."""
        return (self.operation(operation).get("responses") or {}).get(status)

    def body(self, operation: str, status: str) -> Json:
        """The response of that status, or the request body where `status` is empty, references followed."""
        raw = self.response(operation, status) if status else self.operation(operation).get("requestBody")
        return self.follow(raw) or {}

    def tags(self, operation: str, path: str) -> list[str]:
        """The tags of the operation, else those of another one of the same path."""
        own = self.operation(operation).get("tags")
        if own:
            return list(own)
        for other_path, node in self._found.values():
            if other_path == path and node.get("tags"):
                return list(node["tags"])
        return []


def step(node: Any, keyword: str, name: str) -> Any:
    """The part of a schema that `shapes.children` calls `keyword` and `name`."""
    if not isinstance(node, dict):
        return None
    part = node.get(keyword)
    if keyword == "properties":
        return part.get(name) if isinstance(part, dict) else None
    if keyword in ("allOf", "oneOf", "anyOf"):
        return part[int(name)] if isinstance(part, list) and int(name) < len(part) else None
    return part
