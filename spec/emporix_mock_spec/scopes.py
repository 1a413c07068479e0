"""The scopes that the official documents name, shipped as a list so that no document has to be read.

`scopes.json` is made by `generate(official())`; a test compares the two.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from emporix_mock_spec.operation import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock_spec.load import Source

__all__ = ["generate", "shipped"]

_FILE: Final = Path(__file__).parent / "scopes.json"


@cache
def shipped() -> frozenset[str]:
    """Every scope by name."""
    return frozenset(orjson.loads(_FILE.read_bytes()))


def generate(source: Source) -> bytes:
    """The contents of `scopes.json` for the documents of `source`.

    Names with a placeholder stand for scopes that exist once a custom type does; they are left out.
    """
    names = {name for service in source.services for name in _named(source.raw(service))}
    text = orjson.dumps(sorted(n for n in names if "{" not in n), option=orjson.OPT_INDENT_2)
    return text + b"\n"


def _named(document: Mapping[str, Any]) -> Iterator[str]:
    """The scopes that a document declares and those that its operations ask for."""
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    for scheme in schemes.values():
        for flow in (scheme.get("flows") or {}).values():
            yield from flow.get("scopes") or ()
    needs = list(document.get("security") or ())
    for item in document["paths"].values():
        for method in METHODS:
            needs += (item.get(method) or {}).get("security") or ()
    for need in needs:
        for scopes in need.values():
            yield from scopes or ()
