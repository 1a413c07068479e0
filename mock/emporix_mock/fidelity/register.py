"""The register as a file: read, written one operation a line, and joined to what a server routes.

`fidelity.json` ships with the package, so that a server and the command line can show evidence offline.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from emporix_mock.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emporix_mock.asgi.control.operations import OperationEntry

__all__ = ["FILE", "NONE", "Register", "joined", "operations", "read", "shipped", "text"]

Register = dict[str, Any]

FILE: Final = Path(__file__).parent / "fidelity.json"
NONE: Final[dict[str, Any]] = {"contract": None, "flow": None, "live": None}
"""The evidence of an operation that nothing has been tried on."""


def read(path: Path) -> Register:
    """The register in a file, an empty one without a file. `ConfigurationError` for any other text."""
    if not path.is_file():
        return {"services": []}
    try:
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path}: not a register ({error}); `fidelity update` writes one") from error
    if not isinstance(found, dict) or not isinstance(found.get("services"), list):
        raise ConfigurationError(f"{path}: not a register; `emporix-mock fidelity update` writes one")
    return found


@cache
def shipped() -> Register:
    """The register of this package."""
    return read(FILE)


def operations(register: Register) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with the name of its service."""
    for service in register["services"]:
        for operation in service["operations"]:
            yield service["service"], operation


def joined(entries: Iterable[OperationEntry]) -> list[OperationEntry]:
    """Routed operations with the choices, rules and evidence that the shipped register has for them."""
    known = {(service, each["id"]): each for service, each in operations(shipped())}
    return [_joined(entry, known.get((entry.service, entry.id))) for entry in entries]


def _joined(entry: OperationEntry, known: dict[str, Any] | None) -> OperationEntry:
    if known is None:
        return entry
    return replace(
        entry,
        switches=tuple(known["switches"]),
        rules=tuple(known["rules"]),
        evidence=known["evidence"],
    )


def text(register: Register) -> str:
    """A register as its file holds it: an operation a line, so that a change shows as a line."""
    head = {key: value for key, value in register.items() if key != "services"}
    parts = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    services = ",\n".join(_service(each) for each in register["services"])
    return "{\n" + "".join(f"  {part},\n" for part in parts) + f'  "services": [\n{services}\n  ]\n}}\n'


def _service(service: dict[str, Any]) -> str:
    lines = []
    for key, value in service.items():
        if isinstance(value, list) and value:
            items = ",\n".join(f"        {_json(each)}" for each in value)
            lines.append(f"      {_json(key)}: [\n{items}\n      ]")
        else:
            lines.append(f"      {_json(key)}: {_json(value)}")
    return "    {\n" + ",\n".join(lines) + "\n    }"


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
