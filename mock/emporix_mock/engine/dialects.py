"""Which dialect of patch operations a request speaks (conventions, section 10.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.patching import PatchError, json_patch
from emporix_mock.errors import BadRequest, Detail

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.resource import Resource
    from emporix_mock.store.documents import Document


def patched(resource: Resource, ctx: RequestContext, old: Document, operations: list[Any]) -> Document:
    """The document after the operations; 400 for one that cannot be carried out."""
    dialect = resource.patch or _dialect(ctx)
    try:
        return json_patch(
            old,
            operations,
            cases={"JSON": ("upper",), "Json": ("lower", "upper")}.get(dialect, ("lower",)),  # type: ignore[arg-type]
            create_parents=resource.patch_parents,
        )
    except PatchError as error:
        raise BadRequest(
            error.message,
            type="validation_violation",
            details=[Detail(error.message, error.path or None, "invalid_field")],
            rule="engine/patch",
        ) from error


def _dialect(ctx: RequestContext) -> str:
    """The dialect whose spellings the document lists."""
    spellings = ctx.about.patch_operations
    upper = any(op.isupper() for op in spellings)
    lower = any(op.islower() for op in spellings)
    return "Json" if upper and lower else "JSON" if upper else "json"
