"""Values generated for small schemas, one keyword or one trap at a time."""

from __future__ import annotations

import re
from time import process_time
from typing import Any

import pytest

from emporix_mock.engine.composition import Place
from emporix_mock.engine.generation import MISSING, Generator
from emporix_mock.engine.pattern import sample
from emporix_mock.engine.validation import Schemas

ROOT = "/components/schemas/Root"


def text(**keywords: Any) -> dict[str, Any]:
    return {"type": "string", **keywords}


def number(**keywords: Any) -> dict[str, Any]:
    return {"type": "number", **keywords}


def record(*required: str, **properties: Any) -> dict[str, Any]:
    return (
        {"type": "object", "required": list(required), "properties": properties}
        if required
        else {
            "type": "object",
            "properties": properties,
        }
    )


def array(items: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **keywords}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def generate(schema: dict[str, Any], *, request: bool = False, **others: Any) -> Any:
    """The generated value, seen to be valid by a validator of its own and to come out alike twice."""
    document = {"components": {"schemas": {"Root": schema, **others}}}
    place = Place(schema, ROOT)
    value = Generator(document, Schemas("test", document), request=request).value(place)
    assert value is MISSING or Schemas("test", document).validator(ROOT).is_valid(value)
    again = Generator(document, Schemas("test", document), request=request).value(place)
    assert again is value is MISSING or again == value
    return value


EXACT: list[tuple[dict[str, Any], Any]] = [
    ({}, {}),
    ({"type": "boolean"}, True),
    ({"type": "integer"}, 1),
    (text(), "text"),
    (text(enum=["A", "B"]), "A"),
    (text(enum=["LONG", "B"], maxLength=2), "B"),
    ({"enum": [2, "two"]}, 2),
    (text(example="shown"), "shown"),
    (text(example=7, default="given"), "given"),
    (text(example="shown", enum=["A"]), "A"),
    (text(minLength=6), "texttt"),
    (text(maxLength=3), "tex"),
    (text(maxLength=0), ""),
    (text(format="date-time"), "2024-05-06T07:08:09.000Z"),
    (text(format="date"), "2024-05-06"),
    (text(format="time"), "07:08:09Z"),
    (text(format="email"), "jane.doe@example.com"),
    (text(format="uri"), "https://example.com/item"),
    (text(format="uuid"), "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    (text(format="byte"), "ZXhhbXBsZQ=="),
    (text(format="ipv4"), "192.0.2.1"),
    (text(format="no-such-format"), "text"),
    (text(pattern="^[A-Z]{3}$"), "EUR"),
    (text(pattern="^SKU-[0-9]{4}$"), "SKU-1234"),
    (text(pattern="^[a-z]+$", minLength=300, maxLength=300), "tex".ljust(300, "t")),
    (number(minimum=100), 100),
    (number(minimum=0, exclusiveMinimum=True, maximum=1, exclusiveMaximum=True), 0.5),
    (number(maximum=-4), -4),
    (number(maximum=-4, exclusiveMaximum=True), -5),
    (number(minimum=7, multipleOf=5), 10),
    (number(multipleOf=0.25, minimum=1.1, maximum=1.4), 1.25),
    ({"type": "integer", "minimum": 1.5, "maximum": 2.5}, 2),
    ({"type": "integer", "format": "int32", "minimum": 11}, 11),
    ({"allOf": [number(), {"type": "integer", "minimum": 12}]}, 12),
    ({"type": ["string", "null"], "maxLength": 2}, "te"),
    (array(text()), ["text"]),
    (array(text(), minItems=2), ["text", "text"]),
    (array(text(), maxItems=0), []),
    (array(number(), minItems=3, uniqueItems=True), [1, 0, 9.99]),
    (array(text(enum=["A", "B"]), minItems=2, uniqueItems=True), ["A", "B"]),
    ({"type": "array"}, []),
    (array({"allOf": [text(), {"type": "object"}]}), []),
    (record("a", a=text(), b=text()), {"a": "a", "b": "b"}),
    (record("free", a={"type": "integer"}), {"a": 1, "free": "free"}),
    (record(id=text(), currency=text(), totalAmount=number()), {
        "id": "6638f1a9c2d4e80012ab34cd", "currency": "EUR", "totalAmount": 9.99}),
    (record(a=text(), bad={"allOf": [text(), {"type": "object"}]}), {"a": "a"}),
    (record(a=text(), secret=text(writeOnly=True), old=text(deprecated=True)), {"a": "a"}),
    ({"type": "object", "additionalProperties": text()}, {"en": "text"}),
    ({"type": "object", "additionalProperties": number()}, {"key": 1}),
    ({"type": "object", "additionalProperties": text(), "minProperties": 3},
     {"en": "text", "key": "text", "key2": "text"}),
    ({"type": "object", "additionalProperties": False}, {}),
    ({**record(a=text(), b=text()), "maxProperties": 0}, {}),
    ({"allOf": [record("a", a=text()), record("b", b=number())]}, {"a": "a", "b": 1}),
    ({"allOf": [record("a", a=text(maxLength=5)), record(a=text(minLength=5))]}, {"a": "aaaaa"}),
    ({**record(a=text()), "allOf": [{**record(b=text()), "additionalProperties": False}]}, {"b": "b"}),
    ({"oneOf": [text(), number()]}, "text"),
    ({"oneOf": [number(), {"type": "integer"}]}, 9.99),
    ({"anyOf": [{"allOf": [text(), number()]}, {"type": "integer"}]}, 1),
    ({"oneOf": [text(enum=["A", "B"]), text(enum=["A", "C"])]}, "B"),
    ({"oneOf": [record(a=text()), record("a", "b", a=text(), b=text())]}, {"a": "a"}),
    ({"oneOf": [array(record("a", a=text())), array(record("b", b=text()))]}, [{"a": "a"}]),
    ({"oneOf": [record("kind", kind=text(enum=["A", "B"])), record("kind", kind=text(enum=["A"]))]},
     {"kind": "B"}),
    ({**record("b", a=text(), b=text()), "anyOf": [{"required": ["c"]}, {"required": ["a"]}]},
     {"a": "a", "b": "b", "c": "c"}),
    ({"type": "string", "not": {"enum": ["text"]}}, "text-2"),
    ({"allOf": [text(), {"type": "object"}], "nullable": True}, None),
    ({"not": {}}, MISSING),
    ({"oneOf": [record(), record(a=text())]}, MISSING),
    (text(enum=["A"], maxLength=0), MISSING),
    (text(pattern="^a$", minLength=2), MISSING),
    (record("a", a={"allOf": [text(), number()]}), MISSING),
    ({**record("b", a=text()), "additionalProperties": False}, MISSING),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), EXACT, ids=[str(schema)[:60] for schema, _ in EXACT])
def test_value_of_a_small_schema(schema, expected):
    value = generate(schema)
    assert value is expected is MISSING or (type(value), value) == (type(expected), expected)


def test_a_request_body_has_what_is_required():
    schema = record("a", a=text(), b=text(), c=record(d=text()))
    assert generate(schema, request=True) == {"a": "a"}


def test_a_request_body_that_requires_nothing_has_its_plain_properties():
    schema = record(a=text(), b=number(), c=record(d=text()), id=text(readOnly=True))
    assert generate(schema, request=True) == {"a": "a", "b": 1}


def test_a_response_grows_no_deeper_than_needed():
    inner = record("needed", needed=record(deep=text()), plain=text(), list=array(text()))
    assert generate(record(a=inner)) == {"a": {"needed": {"deep": "deep"}, "plain": "plain"}}


def test_recursion_stops_where_it_may():
    tree = record("name", "children", name=text(), children=array(ref("Tree")), parent=ref("Tree"))
    assert generate(ref("Tree"), Tree=tree) == {"name": "name", "children": []}


def test_recursion_takes_the_branch_that_ends():
    node = {"oneOf": [record("all", all=array(ref("Node"), minItems=1)), record("leaf", leaf=text())]}
    assert generate(ref("Node"), Node={**node}) == {"leaf": "leaf"}


def test_recursion_ends_in_null():
    node = {**record("next", next=ref("Node")), "nullable": True}
    assert generate(ref("Node"), Node=node) == {"next": None}


def test_recursion_without_an_end_has_no_value():
    assert generate(ref("Node"), Node=record("next", next=ref("Node"))) is MISSING
    assert generate(ref("Self"), Self={"allOf": [ref("Self")], "type": "string"}) == "text"


def test_a_choice_below_a_nullable_combination_is_still_found():
    choice = {"oneOf": [text(enum=["A", "B"]), text(enum=["A"])]}
    schema = {"nullable": True, "allOf": [record("pick", pick=choice)]}
    assert generate(schema) == {"pick": "B"}


def test_names_that_need_escaping_in_a_pointer():
    odd = {"a/b": {"oneOf": [text(enum=["A", "B"]), text(enum=["A"])]}, "{c} %~": {"anyOf": [text()]}}
    assert generate(record(*odd, **odd)) == {"a/b": "B", "{c} %~": "{c} %~"}


def test_a_hopeless_schema_costs_bounded_work():
    hopeless: dict[str, Any] = text(pattern="^a$", minLength=2)
    for _ in range(6):
        hopeless = {"oneOf": [record("a", a=hopeless, b=text()) for _ in range(4)]}
    begin = process_time()
    assert generate(hopeless) is MISSING
    assert process_time() - begin < 10


@pytest.mark.parametrize(
    ("pattern", "repeat", "expected"),
    [
        (r"^[A-Z]{3}$", 1, "ABC"),
        (r"^[a-z]+[A-Z]*$", 0, "a"),
        (r"^[a-z]{2,4}$", 9, "abcd"),
        (r"\d{4}-\d\d", 1, "1234-56"),
        (r"^[^a-m]\S*?$", 1, "nb"),
        (r"^(?:red|green)\.(x|y)\1$", 1, "red.xx"),
        (r"^(?P<a>a)?b+.$", 1, "aba"),
        (r"^\W\s[^x]\D\w\S$", 1, "- cdef"),
        (r"^(?=a)a(?!b)$", 1, "a"),
    ],
)
def test_sample_of_a_pattern(pattern, repeat, expected):
    assert sample(pattern, repeat) == expected
    assert re.search(pattern, expected)


@pytest.mark.parametrize("pattern", ["(", "^[^\\s\\S]$"])
def test_sample_of_an_impossible_pattern(pattern):
    assert sample(pattern, 1) is None
