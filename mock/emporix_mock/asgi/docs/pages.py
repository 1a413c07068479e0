"""The pages: an index of all services, and Swagger UI with a form that fetches tokens from this mock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from emporix_mock.config import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.asgi.control.operations import OperationEntry

__all__ = ["HEADERS", "ROOT", "index", "service_page"]

ROOT: Final = "/_mock/docs"
LEVELS: Final = ("behaviour", "crud", "example")

# A page may load from this server alone. Swagger UI writes style attributes and has its icons inline.
HEADERS: Final[Mapping[str, str]] = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(slots=True)
class _Row:
    bases: dict[str, None] = field(default_factory=dict)
    levels: Counter[str] = field(default_factory=Counter)


def index(operations: Iterable[OperationEntry], *, tenant: str, seed: str, spec: str) -> bytes:
    """The index page: a row per service with its base paths and how many operations are served how."""
    rows: dict[str, _Row] = {}
    for entry in operations:
        row = rows.setdefault(entry.service, _Row())
        row.bases[f"/{entry.path.split('/', 2)[1]}"] = None
        row.levels[entry.level] += 1
    total = sum((row.levels for row in rows.values()), Counter[str]())
    return _page(
        "index.html",
        version=version(),
        tenant=tenant,
        seed=seed,
        spec=spec,
        services=str(len(rows)),
        total=_counts(total),
        rows="\n".join(_row(name, rows[name]) for name in sorted(rows)),
    )


def service_page(service: str, *, tenant: str) -> bytes:
    """The page of one service; Swagger UI reads the service's document in the browser."""
    return _page("service.html", service=service, tenant=tenant)


def _row(name: str, row: _Row) -> str:
    bases = " ".join(f"<code>{escape(base)}</code>" for base in row.bases)
    link = f"{ROOT}/{escape(name)}"
    return (
        f'<tr data-service="{escape(name)}"><th scope="row"><a href="{link}">{escape(name)}</a></th>'
        f'<td>{bases}</td>{_counts(row.levels)}<td><a href="{link}/openapi.json">openapi.json</a></td></tr>'
    )


def _counts(levels: Counter[str]) -> str:
    counts = (levels.total(), *(levels[level] for level in LEVELS))
    return "".join(f"<td{'' if count else ' class=none'}>{count}</td>" for count in counts)


# Already markup; everything else is escaped.
_MARKUP: Final = frozenset({"rows", "total"})


def _page(name: str, **values: str) -> bytes:
    template = Template((Path(__file__).parent / "templates" / name).read_text(encoding="utf-8"))
    shown = {key: value if key in _MARKUP else escape(value) for key, value in values.items()}
    return template.substitute(shown, root=ROOT).encode()
