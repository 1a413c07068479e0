"""Routing by path segments: literals before templates, with or without a trailing slash."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.asgi.plan import Plan


LATELY = 2048


class Leaf:
    """What stands at the end of a path: the template of each method, and its plan once there is one."""

    __slots__ = ("methods", "plans")

    def __init__(self) -> None:
        self.methods: dict[str, str] = {}
        self.plans: dict[str, Plan] = {}


class _Node:
    __slots__ = ("leaf", "literals", "template")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.template: _Node | None = None
        self.leaf: Leaf | None = None


class Router:
    """A trie over the path templates of one or more documents."""

    def __init__(self, routes: Iterable[tuple[str, str]]) -> None:
        """Build from pairs of upper-case method and path template."""
        self._root = _Node()
        self._lately: dict[bytes, tuple[Leaf, list[str]]] = {}
        for method, path in routes:
            self.add(method, path)

    def add(self, method: str, path: str) -> None:
        """Add a route; a later one with the same shape and method is ignored."""
        self._lately.clear()
        node = self._root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.template = node.template or _Node()
                node = node.template
            else:
                node = node.literals.setdefault(segment, _Node())
        node.leaf = node.leaf or Leaf()
        node.leaf.methods.setdefault(method, path)

    def find(self, raw_path: bytes) -> tuple[Leaf, list[str]] | None:
        """What `match` gives for a raw path; the paths that were asked for lately are remembered."""
        found = self._lately.get(raw_path)
        if found is None:
            found = self.match(split(raw_path))
            if found is not None:
                if len(self._lately) >= LATELY:
                    self._lately.clear()
                self._lately[raw_path] = found
        return found

    def match(self, segments: list[str]) -> tuple[Leaf, list[str]] | None:
        """The leaf of a path and the values of its templates in order; None when there is none."""
        # Almost every path is found by taking the literal where there is one; only where that ends
        # nowhere is a template further up tried instead.
        values: list[str] = []
        node: _Node | None = self._root
        for segment in segments:
            if node is None:
                break
            child = node.literals.get(segment)
            if child is None:
                child = node.template if segment else None
                values.append(segment)
            node = child
        if node is not None and node.leaf is not None:
            return node.leaf, values
        values = []
        leaf = _walk(self._root, segments, 0, values)
        return None if leaf is None else (leaf, values)


def _walk(node: _Node, segments: list[str], at: int, values: list[str]) -> Leaf | None:
    if at == len(segments):
        return node.leaf
    segment = segments[at]
    child = node.literals.get(segment)
    if child is not None:
        leaf = _walk(child, segments, at + 1, values)
        if leaf is not None:
            return leaf
    if node.template is not None and segment:
        values.append(segment)
        leaf = _walk(node.template, segments, at + 1, values)
        if leaf is not None:
            return leaf
        values.pop()
    return None


def split(raw_path: bytes) -> list[str]:
    """The decoded segments of a raw path; an escaped slash stays inside its segment."""
    text = raw_path.strip(b"/")
    if b"%" not in text:
        return text.decode("utf-8", "replace").split("/")
    return [unquote_to_bytes(part).decode("utf-8", "replace") for part in text.split(b"/")]
