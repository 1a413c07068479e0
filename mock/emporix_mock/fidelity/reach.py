"""Which choices and rules an operation can come upon: those that its handler's code leads to.

Found by following names from the handler through our own modules, so no service has to list them again.
What a handler asks of another service belongs to that one's operations and is not followed.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from dis import get_instructions
from functools import cache, partial
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.service import Rule, Service, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["reached"]

_OURS: Final = "emporix_mock"


def reached(handler: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the switches and of the rules that a handler can come upon, each in order."""
    walk = _Walk()
    walk.visit(handler)
    walk.settle()
    return tuple(sorted(walk.switches)), tuple(sorted(walk.rules))


class _Walk:
    """One handler. An object held by a closure, such as a resource with its hooks, is entered only by
    the names that the code met on the way uses: reading never comes upon what a write prepares."""

    def __init__(self) -> None:
        self.switches: set[str] = set()
        self.rules: set[str] = set()
        self._seen: dict[int, Any] = {}
        self._names: set[str] = set()
        self._held: list[Any] = []

    def visit(self, found: Any) -> None:
        """Follow whatever a name stands for."""
        if isinstance(found, MethodType):
            found = found.__func__  # a method of an object is a new value each time it is looked up
        if isinstance(found, Service) or id(found) in self._seen:
            return
        self._seen[id(found)] = found  # kept, or its id could come to stand for something else
        if isinstance(found, Switch):
            self.switches.add(found.id)
        elif isinstance(found, Rule):
            self.rules.add(found.id)
        elif isinstance(found, FunctionType) and _is_ours(found):
            self._function(found)
        elif isinstance(found, partial):
            self._all(found.func, *found.args, *found.keywords.values())
        elif isinstance(found, type) and _is_ours(found):
            self._all(*(part for name, part in vars(found).items() if not name.startswith("__")))
        elif isinstance(found, dict):
            self._all(*found.values())
        elif isinstance(found, list | tuple | set | frozenset):
            self._all(*found)
        elif is_dataclass(found) and not isinstance(found, type) and _is_ours(type(found)):
            self._held.append(found)

    def settle(self) -> None:
        """Enter the held objects by the names that are in use, until nothing new comes of it."""
        before = -1
        while before != len(self._seen) + len(self._names):
            before = len(self._seen) + len(self._names)
            for held in list(self._held):
                self._all(*_members(held, self._names))

    def _all(self, *found: Any) -> None:
        for each in found:
            self.visit(each)

    def _function(self, function: FunctionType) -> None:
        for name, attribute in _uses(function.__code__):
            if attribute is not None:
                self._names.add(attribute)
            found = function.__globals__.get(name)
            if isinstance(found, ModuleType):
                if attribute is not None and found.__name__.startswith(_OURS):
                    self.visit(vars(found).get(attribute))
            else:
                self.visit(found)
        self._all(*(_content(cell) for cell in function.__closure__ or ()))
        self._all(*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
        self.visit(getattr(function, "__wrapped__", None))


@cache
def _uses(code: CodeType) -> tuple[tuple[str, str | None], ...]:
    """What `_loaded` finds, once each. Every handler leads to the same few functions of the engine."""
    return tuple(dict.fromkeys(_loaded(code)))


def _loaded(code: CodeType) -> Iterator[tuple[str, str | None]]:
    """The names that a function loads, each with the attribute asked of it at once, if any.

    Attributes of other values stand alone, with no global of that name to follow. Inner functions
    and comprehensions are included, which some versions of Python keep apart and some do not.
    """
    base: str | None = None
    for instruction in get_instructions(code):
        kind, name = instruction.opname, str(instruction.argval)
        if kind.startswith(("LOAD_ATTR", "LOAD_METHOD")):
            yield (base, name) if base is not None else ("", name)
            base = None
            continue
        if base is not None:
            yield base, None
        base = name if kind.startswith("LOAD_GLOBAL") else None
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _loaded(constant)


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # an inner function that is named before it is made
        return None


def _members(held: Any, names: set[str]) -> Iterator[Any]:
    """The fields and methods in use. Python's own methods name every field and would lead everywhere."""
    own = {each.name for each in fields(held)}
    for name in sorted(names):
        if name in own or (not name.startswith("__") and callable(getattr(type(held), name, None))):
            yield getattr(held, name)


def _is_ours(found: Any) -> bool:
    return str(getattr(found, "__module__", "")).startswith(_OURS)
