"""Names for components: those of the previous document first, else made from what is known of the thing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Evidence", "assign", "name_schemas", "pascal", "phrase", "response_names"]

_NOISE: Final = frozenset({"trait", "yaas", "dto", "json", "schema", "api", "out", "in", "get"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(slots=True)
class Evidence:
    """What the walk over a document learns about one schema."""

    votes: Counter[str] = field(default_factory=Counter)
    upstream: list[str] = field(default_factory=list)
    hints: Counter[str] = field(default_factory=Counter)
    parents: list[int] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    prior: Any = None


def phrase(status: str) -> str:
    """The reason phrase of a status, `Any other answer` for `default` and unknown ones."""
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any other answer"


def pascal(text: str, *, drop: Iterable[str] = ()) -> str:
    """`text` as one PascalCase word, without the words in `drop` unless nothing else is left."""
    words = _WORD.findall(text)
    kept = [word for word in words if word.lower() not in drop] or words
    return "".join(word[0].upper() + word[1:] for word in kept)


def assign(
    votes: Mapping[str, Counter[str]], candidates: Mapping[str, Iterable[str]]
) -> tuple[dict[str, str], list[str]]:
    """A name of its own for each key of `candidates`, and the names that nobody voted for.

    The strongest vote wins a name; a key without one takes its first candidate that is free.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    ballots = [(-count, place, key, name) for place, key in enumerate(candidates)
               for name, count in votes.get(key, Counter()).items()]  # fmt: skip
    for _, _, key, name in sorted(ballots):
        if key not in names and name not in taken:
            names[key] = name
            taken.add(name)
    made = []
    for key, offered in candidates.items():
        if key not in names:
            names[key] = next(name for name in _endless(offered) if name not in taken)
            taken.add(names[key])
            made.append(names[key])
    return names, made


def _endless(offered: Iterable[str]) -> Iterator[str]:
    last = ""
    for name in offered:
        last = name
        yield name
    number = 2
    while True:
        yield f"{last}{number}"
        number += 1


def response_names(status: str) -> Iterator[str]:
    """Candidates for a shared error response."""
    words = pascal(phrase(status))
    yield words if words.endswith("Error") else f"{words}Error"


def name_schemas(
    evidence: Mapping[int, Evidence], bodies: Mapping[int, Any]
) -> tuple[dict[int, str], list[str]]:
    """Names for the schemas in `evidence`, and which of them were made automatically.

    `bodies` are their contents, by the same numbers. Those with an upstream name choose first.
    """
    order = sorted(evidence, key=lambda number: (not evidence[number].upstream, number))
    found: dict[int, list[str]] = {}
    for number in order:
        parents = [found[parent][0] for parent in evidence[number].parents if parent in found]
        found[number] = list(_offers(evidence[number], bodies[number], parents))
    names, made = assign(
        {str(number): evidence[number].votes for number in order},
        {str(number): found[number] for number in order},
    )
    return {int(number): name for number, name in names.items()}, made


def _offers(known: Evidence, body: Any, parents: list[str]) -> Iterator[str]:
    properties = set(body.get("properties") or ())
    names: list[str] = []
    if properties == {"fault"}:
        names.append("GatewayFault")
    if properties == {"amount", "currency"}:
        names.append("Money")
    if "properties" not in body and isinstance(body.get("additionalProperties"), dict):
        names.append("LocalizedText")
    names += sorted({_clean(name) for name in known.upstream}, key=lambda name: (len(name), name))
    if not known.upstream and known.statuses and min(known.statuses) >= 400:
        first = f"{pascal(phrase(str(min(known.statuses))))}Error".replace("ErrorError", "Error")
        names += [first] if len(known.statuses) == 1 else ["Error", first]
    if not names and known.paths:
        names += _from_path(known.paths[0], _role(known).title())
    hints = [pascal(hint) for hint, _ in known.hints.most_common() if hint]
    names += hints
    names += [f"{parent}{hint}" for parent in parents for hint in hints]
    names = names or [f"{parent}Part" for parent in parents] or ["Part"]
    yield from names
    if _role(known):
        yield from (f"{name}{_role(known).title()}" for name in names)


def _from_path(path: str, role: str) -> Iterator[str]:
    """`SearchRequest` for `/customers/search`; more of the path where that is taken."""
    literals = [pascal(part) for part in path.split("/") if part and "{" not in part]
    for count in range(1, len(literals) + 1):
        yield "".join(literals[-count:]) + role


def _clean(name: str) -> str:
    return pascal(re.sub(r"[_ -]?[0-9]+$", "", name), drop=_NOISE)


def _role(known: Evidence) -> str:
    return next(iter(known.roles)) if len(known.roles) == 1 else ""
