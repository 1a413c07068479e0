"""Paths that clients still call and no document has, described as the operation that took their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANYTHING: Mapping[str, Any] = {"schema": {}}
ANY_BODY: Mapping[str, Any] = {"content": {"application/json": ANYTHING, "multipart/form-data": ANYTHING}}


@dataclass(frozen=True, slots=True)
class Legacy:
    """An old operation. It lets in whom the operation `like` lets in and refuses in its shapes.

    `query` names its query parameters; those of `needed` have to be there. Bodies are not checked, for
    nothing says what they must be; `status` is its success.
    """

    method: str
    path: str
    operation_id: str
    like: str
    status: int
    source: str
    query: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def grown(document: Mapping[str, Any], legacies: Iterable[Legacy]) -> Mapping[str, Any]:
    """The document with old operations in it. One whose `like` it lacks is left out."""
    paths = dict(document.get("paths") or {})
    known = {
        operation["operationId"]: operation
        for item in paths.values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    added = False
    for legacy in legacies:
        like = known.get(legacy.like)
        if like is not None:
            paths[legacy.path] = {
                **paths.get(legacy.path, {}),
                legacy.method.lower(): _described(legacy, like),
            }
            added = True
    return {**document, "paths": paths} if added else document


def _described(legacy: Legacy, like: Mapping[str, Any]) -> dict[str, Any]:
    text = {"type": "string"}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in re.findall(r"{(\w+)}", legacy.path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": name in legacy.needed, "schema": text}
        for name in (*legacy.query, *legacy.needed)
    ]
    refusals = {status: found for status, found in like["responses"].items() if str(status) >= "400"}
    answer = {"description": "OK", "content": {"application/json": ANYTHING}}
    described = {
        "operationId": legacy.operation_id,
        "parameters": parameters,
        "responses": {str(legacy.status): answer, **refusals},
    }
    if "security" in like:
        described["security"] = like["security"]
    if legacy.method in ("POST", "PUT", "PATCH"):
        described["requestBody"] = ANY_BODY
    return described
