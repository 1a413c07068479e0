"""The part of the register that the code says: levels, who may call, choices, rules, further paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.asgi.control.operations import entries
from emporix_mock.engine.rules import GENERAL
from emporix_mock.fidelity.reach import reached
from emporix_mock.fidelity.register import NONE
from emporix_mock.fidelity.repairs import counts
from emporix_mock_spec import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.asgi.control.operations import OperationEntry
    from emporix_mock.asgi.runtime import Runtime
    from emporix_mock.asgi.service_app import ServiceApp
    from emporix_mock.engine.service import Rule
    from emporix_mock.fidelity.register import Register
    from emporix_mock_spec.load import Source

__all__ = ["derived"]


def derived(runtime: Runtime, source: Source) -> Register:
    """A register of what `runtime` serves from the documents of `source`, without any evidence.

    Each service is built as for a request, so that an operation is listed as it is served.
    """
    found: dict[str, list[OperationEntry]] = {name: [] for name in source.services}
    for entry in entries(source):
        found[entry.service].append(entry)
    return {
        "documents": catalog.COMMIT,
        **counts(),
        "flow": None,
        "rules": _rules(GENERAL.values()),
        "services": [_service(runtime.service(name), found[name]) for name in source.services],
    }


def _service(app: ServiceApp, found: list[OperationEntry]) -> dict[str, Any]:
    declared = app.declared
    return {
        "service": app.name,
        "contract": None,
        "switches": [
            {
                "id": switch.id,
                "default": switch.default,
                "values": list(switch.values),
                "about": switch.about,
                "source": switch.source,
            }
            for switch in (declared.switches.values() if declared else ())
        ],
        "rules": _rules(declared.rules.values() if declared else ()),
        "operations": [_operation(app, entry) for entry in found],
    }


def _rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [{"id": rule.id, "status": rule.status, "source": rule.source} for rule in rules]


def _operation(app: ServiceApp, entry: OperationEntry) -> dict[str, Any]:
    switches, rules = reached(app.handlers.get(entry.id))
    return {
        "id": entry.id,
        "method": entry.method,
        "path": entry.path,
        "level": app.level(entry.id),
        "public": entry.public,
        "tokens": list(entry.tokens),
        "scopes": list(entry.scopes),
        "switches": list(switches),
        "rules": list(rules),
        "aliases": [
            {"method": alias.method, "path": alias.path, "source": alias.source}
            for alias in (app.declared.aliases if app.declared else ())
            if alias.operation_id == entry.id
        ],
        "evidence": dict(NONE),
    }
