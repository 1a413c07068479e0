"""The document of a service as its page shows it: this server is the server, the token endpoint is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock_spec.operation import follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["shown"]

_LEVEL: Final = "x-emporix-mock-level"
_TOKEN_URL: Final = "/oauth/token"  # noqa: S105  # a path


def shown(document: dict[str, Any], levels: Mapping[str, str], tenant: str) -> dict[str, Any]:
    """`document`, changed in place so that trying an operation out reaches this server and its tenant.

    `levels` tells by operation id how an operation is served.
    """
    document["servers"] = [{"url": "/"}]
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            if "tokenUrl" in flow:
                flow["tokenUrl"] = _TOKEN_URL
    for operation in _operations(document):
        level = levels.get(operation.get("operationId", ""))
        if level is not None:
            operation[_LEVEL] = level
        for reference in operation.get("parameters", ()):
            parameter = follow(document, reference, "")[0]
            if parameter.get("name") == "tenant" and parameter.get("in") == "path":
                parameter.pop("examples", None)
                parameter["example"] = tenant
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (part for part in item.values() if isinstance(part, dict) and "responses" in part)
