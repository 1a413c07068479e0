"""Entities for a run, made from what the documents themselves show: an operation and its example body."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.client import SetupError
from emporix_mock_contract.document import Documented, documented, rooted
from emporix_mock_spec.load import bundled
from emporix_mock_spec.operation import at as found_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock_contract.profile import Bench, Values
    from emporix_mock_spec.operation import Operation

__all__ = ["Make", "carry_out", "filled"]

NAME = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Make:
    """One request of the set-up, sent with a service token of all scopes or as the owner.

    The body is the operation's example; `change` replaces members of it (None takes one out), `body`
    all of it. `keep` names what the answer tells, by JSON pointer. `at` gives path parameters where the
    profile's own places do not, `query` and `headers` the others. `{name}` in a text of any of them
    stands for a value that is known already. `service` owns the operation where the profile's does not;
    `by` is `service`, or `customer` for the owner.
    """

    operation: str
    keep: Mapping[str, str] = field(default_factory=dict)
    change: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    at: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    service: str = ""
    by: str = "service"


def carry_out(
    bench: Bench, steps: Sequence[Make], service: str, places: Mapping[str, str], values: Values
) -> None:
    """Send the requests in turn and put what they tell into `values`.

    `places` says which value a path parameter of the profile's service takes (`path.id` to its name).
    `SetupError` for an answer that is no success or does not hold what should be kept.
    """
    for step in steps:
        operation = _documented(step.service or service).by_id[step.operation]
        own = {} if step.service else places
        answer = bench.client.ask(
            operation.method,
            _path(operation, step, own, values),
            token=_token(bench, step),
            json=_body(operation, step, values),
            query={key: str(filled(value, values)) for key, value in step.query.items()},
            headers={**_languages(operation), **step.headers},
        )
        for name, pointer in step.keep.items():
            value = found_at(answer, pointer) if pointer else answer
            if value in ({}, None):
                raise SetupError(f"{operation.method} {operation.path} told no {pointer}: {answer!r:.200}")
            values[name] = value


@cache
def _documented(service: str) -> Documented:
    return documented(rooted(bundled().raw(service)), service)


def _languages(operation: Operation) -> dict[str, str]:
    """The examples write texts in all languages at once, which some services want to be told."""
    names = {each.name for each in operation.parameters if each.place == "header"}
    return {"Content-Language": "*"} if "Content-Language" in names else {}


def _token(bench: Bench, step: Make) -> str:
    return bench.callers.customer(OWNER).token if step.by == "customer" else bench.callers.service()


def _path(operation: Operation, step: Make, places: Mapping[str, str], values: Values) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            given = filled(step.at.get(parameter.name), values)
            if given is None:
                given = values.get(places.get(f"path.{parameter.name}", parameter.name))
            path = path.replace(f"{{{parameter.name}}}", quote(str(given), safe=""))
    return path


def _body(operation: Operation, step: Make, values: Values) -> Any:
    body = step.body
    if body is None:
        body = deepcopy(next((each.example for each in operation.body.values()), None))
    if isinstance(body, dict):
        body = {key: value for key, value in {**body, **step.change}.items() if value is not None}
    return filled(body, values)


def filled(node: Any, values: Values) -> Any:
    """`node` with every `{name}` in its texts replaced by the value of that name, if there is one."""
    if isinstance(node, dict):
        return {key: filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, values) for value in node]
    if not isinstance(node, str):
        return node
    whole = NAME.fullmatch(node)
    if whole:
        return values.get(whole[1], node)
    return NAME.sub(lambda found: str(values.get(found[1], found[0])), node)
