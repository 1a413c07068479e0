"""Wire facts: every observable change is seen, no other is, and the count is that of the reference tool."""

from __future__ import annotations

import copy
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock_spec import load
from emporix_mock_spec.facts import compare, facts

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[2] / "shared"

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shelves", "version": "1"},
    "servers": [{"url": "https://api.example.com/shop"}],
    "security": [{"oauth": ["shelf.read", "shelf.manage"]}],
    "paths": {
        "/{tenant}/shelves/{shelfId}": {
            "parameters": [{"$ref": "#/components/parameters/tenant"}],
            "put": {
                "operationId": "PUT-shelf",
                "summary": "Put a shelf",
                "parameters": [
                    {"name": "shelfId", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 0, "default": 0},
                    },
                    {"name": "X-Dry", "in": "header", "schema": {"type": "boolean", "default": False}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}},
                },
                "responses": {
                    "200": {
                        "description": "Done",
                        "headers": {"X-Total": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}},
                    },
                    "404": {"description": "Missing"},
                },
            },
        }
    },
    "components": {
        "parameters": {
            "tenant": {"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}
        },
        "schemas": {
            "Shelf": {
                "type": "object",
                "description": "Holds things",
                "required": ["code"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "maxLength": 8, "example": "A1"},
                    "kind": {"type": "string", "enum": ["wall", "floor"]},
                    "boards": {"type": "array", "items": {"$ref": "#/components/schemas/Shelf"}},
                    "size": {"oneOf": [{"type": "integer"}, {"type": "string", "nullable": True}]},
                },
            }
        },
        "securitySchemes": {"oauth": {"type": "oauth2", "flows": {}}},
    },
}


def put(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/{tenant}/shelves/{shelfId}"]["put"]


def shelf(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["Shelf"]


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "base path": lambda d: d["servers"][0].update(url="https://api.example.com/store"),
    "operation id": lambda d: put(d).update(operationId="PUT-other"),
    "method": lambda d: d["paths"].update({"/x": {"get": {"responses": {"200": {"description": "Done"}}}}}),
    "parameter gone": lambda d: put(d)["parameters"].pop(1),
    "parameter required": lambda d: put(d)["parameters"][1].update(required=True),
    "zero minimum gone": lambda d: put(d)["parameters"][1]["schema"].pop("minimum"),
    "zero default gone": lambda d: put(d)["parameters"][1]["schema"].pop("default"),
    "false for zero": lambda d: put(d)["parameters"][1]["schema"].update(default=False),
    "false default gone": lambda d: put(d)["parameters"][2]["schema"].pop("default"),
    "body optional": lambda d: put(d)["requestBody"].pop("required"),
    "media type": lambda d: put(d)["requestBody"]["content"].update({"text/csv": {}}),
    "status gone": lambda d: put(d)["responses"].pop("404"),
    "header gone": lambda d: put(d)["responses"]["200"].pop("headers"),
    "scope gone": lambda d: d["security"][0]["oauth"].pop(),
    "scopes apart": lambda d: d.update(security=[{"oauth": ["shelf.read"]}, {"oauth": ["shelf.manage"]}]),
    "scheme": lambda d: d["components"]["securitySchemes"]["oauth"].update(type="http"),
    "open to all": lambda d: put(d).update(security=[]),
    "type": lambda d: shelf(d)["properties"]["code"].update(type="integer"),
    "limit": lambda d: shelf(d)["properties"]["code"].update(maxLength=9),
    "enum value": lambda d: shelf(d)["properties"]["kind"]["enum"].append("none"),
    "enum type": lambda d: shelf(d)["properties"]["kind"].update(enum=["wall", "floor", 1]),
    "required": lambda d: shelf(d)["required"].append("kind"),
    "closed": lambda d: shelf(d).pop("additionalProperties"),
    "property": lambda d: shelf(d)["properties"].pop("kind"),
    "alternative": lambda d: shelf(d)["properties"]["size"]["oneOf"].pop(),
    "nullable": lambda d: shelf(d)["properties"]["size"]["oneOf"][1].pop("nullable"),
    "no longer recursive": lambda d: shelf(d)["properties"]["boards"].update(items={"type": "object"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_shows_on_the_wire_is_a_fact(change: Callable[[dict[str, Any]], Any]) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert not compare(DOCUMENT, changed).exact
    assert compare(changed, changed).exact


SAME: dict[str, Callable[[dict[str, Any]], Any]] = {
    "words": lambda d: (put(d).pop("summary"), shelf(d).update(description="Else", title="T")),
    "examples": lambda d: shelf(d)["properties"]["code"].pop("example"),
    "host": lambda d: d["servers"][0].update(url="https://api.example.org/shop/"),
    "flag that is off": lambda d: shelf(d)["properties"]["code"].update(nullable=False),
    "spelling of a number": lambda d: shelf(d)["properties"]["code"].update(maxLength=8.0),
    "order": lambda d: shelf(d)["properties"]["kind"]["enum"].reverse(),
    "case of a header": lambda d: put(d)["parameters"][2].update(name="x-dry"),
    "name of a scheme": lambda d: (
        d["components"]["securitySchemes"].update(token=d["components"]["securitySchemes"].pop("oauth")),
        d["security"][0].update(token=d["security"][0].pop("oauth")),
    ),
    "arrangement": lambda d: (
        put(d)["responses"].update({"404": {"$ref": "#/components/responses/Gone"}})
        or d["components"].update(responses={"Gone": {"description": "Gone"}})
    ),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_does_not_show_is_none(change: Callable[[dict[str, Any]], Any]) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert json.dumps(changed) != json.dumps(DOCUMENT)
    assert compare(DOCUMENT, changed).exact


def test_a_difference_says_where_it_is() -> None:
    changed = copy.deepcopy(DOCUMENT)
    shelf(changed)["properties"]["code"]["maxLength"] = 9
    found = compare(DOCUMENT, changed)
    assert str(found.missing[-1]) == (
        "PUT /shop/{}/shelves/{} body application/json $.code string maxLength=8"
    )
    assert len(found.missing) == len(found.added) == 2
    assert found.kept + 2 == len(facts(DOCUMENT))


def test_the_facts_are_those_of_the_reference_tool() -> None:
    if not (SHARED / "tools").is_dir():
        pytest.skip("the reference tool and the official documents are not beside this checkout")
    found = importlib.util.spec_from_file_location("spec_facts", SHARED / "tools" / "spec_facts.py")
    assert found is not None
    assert found.loader is not None
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    ours, official = load.bundled(), load.official(SHARED / "official-specs", repaired=False)
    differences = 0
    for name in ours.services:
        theirs, bundled = official.raw(name), ours.raw(name)
        wanted, given = tool.facts(theirs), tool.facts(bundled)
        parity = compare(theirs, bundled)
        # One upstream document writes a limit as 100.0 and as 100, which the tool tells apart.
        same = {line.replace("=100.0 ", "=100 ") for line in wanted}, given
        assert (len(parity.missing), len(parity.added)) == (len(same[0] - same[1]), len(same[1] - same[0])), (
            name
        )
        differences += len(parity.missing)
    assert differences > 0, "the repairs make a difference, so there is something to see"
