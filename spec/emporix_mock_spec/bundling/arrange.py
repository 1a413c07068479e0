"""Which schemas of a document become components, what they are called, and how each is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from emporix_mock_spec.bundling.naming import Evidence, name_schemas
from emporix_mock_spec.bundling.prior import step, words
from emporix_mock_spec.bundling.shapes import Shapes, children
from emporix_mock_spec.bundling.strip import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emporix_mock_spec.bundling.prior import Prior
    from emporix_mock_spec.bundling.strip import Operation, Stripped

__all__ = ["SchemaPlan"]

Json = dict[str, Any]


class _Place(NamedTuple):
    """Where a walk stands: in a request or a response, below which schema, at which property."""

    role: str
    parent: int = -1
    hint: str = ""


class _Use(NamedTuple):
    """One body: `status` is empty for the request."""

    operation: str
    path: str
    status: str
    media: str
    schema: Json

    @property
    def key(self) -> tuple[str, str, str]:
        return self.operation, self.status, self.media


class SchemaPlan:
    """Every schema of `stripped` placed, grouped and named, with the names and words of `prior`."""

    def __init__(self, stripped: Stripped, prior: Prior) -> None:
        self._prior = prior
        self._shapes = Shapes(stripped.schemas)
        self._evidence: dict[int, Evidence] = {}
        self._walked: set[tuple[int, int, str]] = set()
        self._tops: set[int] = set()
        self.placed: dict[tuple[str, str, str], Json] = {}
        uses = [use for operation in stripped.operations for use in _uses(operation)]
        for use in uses:
            self.placed[use.key] = self._shapes.place(use.schema, top=True)
        self.group = self._shapes.classes()
        for use in uses:
            self._learn(use)
        for number, name in self._shapes.names.items():
            if self.group[number] in self._evidence:
                self._evidence[self.group[number]].upstream.append(name)
        chosen = {number: self._evidence[number] for number in self._components()}
        self._names, self.made = name_schemas(chosen, dict(enumerate(self._shapes.nodes)))

    def _learn(self, use: _Use) -> None:
        placed = self.placed[use.key]
        for node in _topmost(placed):
            known = self._known(node["$node"])
            known.paths.append(use.path)
            if use.status.isdigit():
                known.statuses.add(int(use.status))
            self._tops.add(self.group[node["$node"]])
        before = self._prior.body(use.operation, use.status).get("content") or {}
        role = "response" if use.status else "request"
        self._walk(placed, (before.get(use.media) or {}).get("schema"), _Place(role))

    def _known(self, node: int) -> Evidence:
        return self._evidence.setdefault(self.group[node], Evidence())

    def _walk(self, placed: Json, before: Any, place: _Place) -> None:
        if "$node" not in placed:
            self._walk_parts(placed, before, place)
            return
        number = self.group[placed["$node"]]
        known = self._known(number)
        known.hints[place.hint] += 1
        known.roles.add(place.role)
        if place.parent >= 0 and place.parent not in known.parents:
            known.parents.append(place.parent)
        name = self._prior.schema_name(before)
        before = self._prior.follow(before)
        if name:
            known.votes[name] += 1
        known.prior = known.prior or before
        if (number, id(before), place.role) not in self._walked:
            self._walked.add((number, id(before), place.role))
            self._walk_parts(self._shapes.nodes[number], before, _Place(place.role, number))

    def _walk_parts(self, placed: Json, before: Any, place: _Place) -> None:
        before = self._prior.follow(before)
        for keyword, name, part in children(placed):
            hint = name if keyword == "properties" else _singular(place.hint) if keyword == "items" else ""
            self._walk(part, step(before, keyword, name), place._replace(hint=hint))

    def _components(self) -> list[int]:
        """The groups worth a component: named or shared ones, bodies, and what contains itself."""
        uses: Counter[int] = Counter()
        for schema in [*self.placed.values(), *(self._shapes.nodes[number] for number in self._evidence)]:
            uses.update(self.group[node["$node"]] for node in _nodes(schema))
        return [
            number
            for number, known in self._evidence.items()
            if known.upstream or known.votes or number in self._tops or uses[number] > 1
        ]

    def emit(self, placed: Json, before: Any) -> Json:
        """The schema as it is written, with the words that stood at the same place before."""
        if "$node" in placed:
            number = self.group[placed["$node"]]
            if number in self._names:
                return {"$ref": SCHEMAS + self._names[number]}
            found = self._prior.follow(before)
            return self._write(self._shapes.nodes[number], found or self._evidence[number].prior)
        return self._write(placed, self._prior.follow(before))

    def _write(self, schema: Json, before: Any) -> Json:
        out: Json = {**words(before, after=False), **schema}
        for keyword, name, part in children(schema):
            written = self.emit(part, step(before, keyword, name))
            if keyword == "properties":
                out[keyword] = {**out[keyword], name: written}
            elif name:
                out[keyword] = [written if str(n) == name else each for n, each in enumerate(out[keyword])]
            else:
                out[keyword] = written
        return {**out, **words(before, after=True)}

    def components(self) -> Json:
        """All schemas that became components, by name in alphabetical order."""
        out: Json = {}
        for number, name in sorted(self._names.items(), key=lambda pair: pair[1]):
            known = self._evidence[number]
            before = self._prior.component("schemas", name) if name in known.votes else known.prior
            out[name] = self._write(self._shapes.nodes[number], before)
        return out


def _uses(operation: Operation) -> Iterator[_Use]:
    parts = {"": operation.body or {}, **operation.responses}
    for status, part in parts.items():
        for media, content in (part.get("content") or {}).items():
            yield _Use(operation.id, operation.path, status, media, content.get("schema", {}))


def _topmost(placed: Json) -> Iterable[Json]:
    while "items" in placed:
        placed = placed["items"]
    return [placed] if "$node" in placed else []


def _nodes(schema: Json) -> Iterator[Json]:
    if "$node" in schema:
        yield schema
    for _, _, part in children(schema):
        yield from _nodes(part)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith("sses") else word.removesuffix("s")
