"""YAML text to and from plain values, read as YAML 1.2 reads it.

PyYAML speaks YAML 1.1, in which `2024-01-01` is a date, `NO` is false, `12:30` is 750 and `1E+2` is a
string. OpenAPI documents are JSON in other clothes, so only JSON's own kinds of value may come out.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from emporix_mock_spec.error import SpecError

__all__ = ["dump", "parse"]

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# The core schema of YAML 1.2.2, section 10.3.2, and the merge key: tag, pattern, first characters.
_KINDS: Final = (
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
    ("merge", r"<<", ["<"]),
)


class _Loader(_SafeLoader):  # type: ignore[misc]  # the base is chosen at run time
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own name and form


class _Dumper(_SafeDumper):  # type: ignore[misc]  # the base is chosen at run time
    """Quotes what a reader of either YAML version would take for something else than text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    """A mapping with its keys as they are written: a status `200` is the name `"200"`."""
    loader.flatten_mapping(node)
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in node.value}


def _integer(loader: Any, node: Any) -> int:
    text: str = loader.construct_scalar(node)
    bases = {"0o": 8, "0x": 16}
    return int(text, bases.get(text[:2], 10))


def _number(loader: Any, node: Any) -> float:
    text: str = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


for _tag, _pattern, _first in _KINDS:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(
            f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
        )
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def parse(source: bytes, name: str) -> Any:
    """The value written in `source` (YAML or JSON). `name` stands in the error.

    Raises `SpecError` for text that is not YAML, with the line where it breaks.
    """
    try:
        return yaml.load(source, _Loader)  # noqa: S506  # a safe loader with fewer kinds of value
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
        raise SpecError(
            f"{name}{where}: not readable as YAML ({why}); mend the file or fetch it again"
        ) from error


def dump(document: Any) -> bytes:
    """`document` as YAML, keys in the order they have."""
    text: bytes = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, encoding="utf-8"
    )
    return text
