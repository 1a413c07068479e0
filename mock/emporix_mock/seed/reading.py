"""YAML text to plain JSON values, and back from a place in a value to its line in the text.

Values are those of YAML 1.2's core schema. Unlike the reader of specifications, this one refuses what
a user most likely did not mean: a key written twice, tags, several documents in one file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from emporix_mock.seed.refusal import Refusal

if TYPE_CHECKING:
    from emporix_mock.seed.refusal import Place

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    spelling: value
    for value in (True, False)
    for spelling in (str(value), str(value).lower(), str(value).upper())
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LARGEST = 2**63
_SYNTAX = "mend the YAML there"


def read(source: bytes) -> Any:
    """The value written in `source`, None for an empty file. Raises `Refusal`."""
    node = _compose(source)
    return None if node is None else _value(node, (), frozenset())


def line_of(source: bytes, at: Place) -> int | None:
    """The line (from 1) of the place `at`, or of what encloses it; None where the text is no YAML."""
    try:
        node = _compose(source)
    except Refusal:
        return None
    line = 1
    for part in at:
        found = _child(node, part)
        if found is None:
            break
        mark, node = found
        line = mark.line + 1
    return line


def _compose(source: bytes) -> Any:
    try:
        return yaml.compose(source, _Loader)
    except yaml.reader.ReaderError as error:
        before = source[: error.position] if isinstance(error.position, int) else b""
        raise Refusal((), f"no text ({error.reason})", "save it as UTF-8", before.count(b"\n") + 1) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise Refusal((), f"not readable as YAML ({error.problem})", _SYNTAX, line) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Refusal((), f"not readable as YAML ({type(error).__name__})", _SYNTAX) from None


def _child(node: Any, part: str | int) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        # The last one, so that of a key written twice the second is shown.
        for key, value in reversed(node.value):
            if key.value == str(part):
                return key.start_mark, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None


def _value(node: Any, at: tuple[str | int, ...], above: frozenset[int]) -> Any:
    if id(node) in above:
        raise Refusal(at, "an alias inside its own anchor", "write the value out")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, at)
    above |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(element, (*at, index), above) for index, element in enumerate(node.value)]
    found: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Refusal(at, "a key that is not text", "write the key as text")
        name: str = key.value
        if name == "<<" and not key.style:
            merged |= _merged(value, at, above)
        elif name in found:
            raise Refusal((*at, name), f"'{name}' is written twice here", "keep one of them")
        else:
            found[name] = _value(value, (*at, name), above)
    return {**merged, **found}


def _merged(node: Any, at: tuple[str | int, ...], above: frozenset[int]) -> dict[str, Any]:
    parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found: dict[str, Any] = {}
    for part in reversed(parts):
        value = _value(part, (*at, "<<"), above)
        if not isinstance(value, dict):
            raise Refusal((*at, "<<"), "'<<' takes mappings only", "name the anchor of a mapping")
        found |= value
    return found


def _scalar(node: Any, at: tuple[str | int, ...]) -> Any:
    if node.tag != "tag:yaml.org,2002:str":
        raise Refusal(at, f"the tag {node.tag} has no meaning in a seed file", "write the plain value")
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > 20 or not -_LARGEST <= int(text) < 2 * _LARGEST:
            raise Refusal(at, "a whole number beyond 64 bits", "put it in quotes if it is meant as text")
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
