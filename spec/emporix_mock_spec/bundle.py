"""Bundled documents: the wire facts of a repaired official document in our arrangement and words.

Every fact comes from the official document; every word comes from the bundled document of before, found
by operation id, status, media type and location. So the next upstream state costs a review and not a
rewrite: what has no words yet is listed as an open point.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock_spec import load, parity
from emporix_mock_spec.bundling.build import Builder
from emporix_mock_spec.bundling.example import example_faults
from emporix_mock_spec.bundling.prior import Prior
from emporix_mock_spec.bundling.strip import strip
from emporix_mock_spec.parse import dump, parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Bundle", "bundle", "run"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundled document, and what a human should look at, one line each."""

    document: Json
    open_points: list[str]


def bundle(repaired: Json, previous: Json | None = None) -> Bundle:
    """Arrange the facts of `repaired` anew, with the words and component names of `previous`.

    Pure: neither document is changed, the same input gives the same output. `repaired` is an official
    document with its repairs applied, `previous` the bundled document committed now, None at first.
    """
    builder = Builder(strip(repaired), Prior(previous))
    document = json.loads(json.dumps(builder.document()))
    return Bundle(document, [*builder.open_points(document), *example_faults(document)])


def run(source_dir: Path | None, out_dir: Path, services: Iterable[str]) -> int:
    """Bundle `services` from the official documents in `source_dir` into `<out_dir>/<service>.yaml`.

    The files there are the previous state. What the official documents say is recorded beside them
    (`parity`). Prints counts and open points. Returns 0 when none is open,
    else 1. Raises `SpecError` when a document is missing or cannot be read.
    """
    source = load.official(source_dir)
    count = 0
    official: dict[str, Json] = {}
    for service in services:
        path = out_dir / f"{service}.yaml"
        previous = parse(path.read_bytes(), str(path)) if path.is_file() else None
        official[service] = source.raw(service)
        made = bundle(official[service], previous)
        path.write_bytes(dump(made.document))
        components = made.document.get("components") or {}
        sizes = [f"{len(parts)} {group}" for group, parts in components.items() if group != "securitySchemes"]
        operations = sum(len(set(item) - {"parameters"}) for item in made.document["paths"].values())
        print(f"{service}: {', '.join([f'{operations} operations', *sizes])}")  # noqa: T201  # a command's output
        for point in made.open_points:
            print(f"  open: {point}")  # noqa: T201
        count += len(made.open_points)
    parity.record(out_dir, official)
    print(f"{count} open points")  # noqa: T201
    return 1 if count else 0
