"""Product templates: attributes that products share; every change is a new version, old ones stay."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.translation import Languages
from emporix_mock.services.product_service.declared import (
    COLLECTION,
    TEMPLATE,
    TEMPLATE_USED,
    missing_template,
    refusal,
    service,
    stale,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

VERSIONS = "templateVersions"
TYPES = {
    "TEXT": {"type": "string"},
    "NUMBER": {"type": "number"},
    "BOOLEAN": {"type": "boolean"},
    "DATETIME": {"type": "string", "format": "date-time"},
}
PYTHON: dict[str, Any] = {"TEXT": str, "NUMBER": (int, float), "BOOLEAN": bool, "DATETIME": str}
KINDS = {"variantAttributes": True, "templateAttributes": False}


def _prepare(ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    for attribute in new["attributes"]:
        _check_attribute(attribute)
    base = f"{ctx.origin}/product/{ctx.tenant}/template-schemas/{new['id']}"
    version = new["metadata"]["version"]
    for kind in KINDS:
        new["metadata"][f"{kind}Schema"] = f"{base}-{kind}_v{version}.json"


def _check_attribute(attribute: Document) -> None:
    key, kind, about = attribute["key"], attribute["type"], attribute["metadata"]
    if not key.isalnum():
        raise refusal(TEMPLATE, f"Attribute key '{key}' is not alphanumeric")
    if kind not in TYPES:
        raise refusal(TEMPLATE, f"Attribute '{key}' has the unknown type '{kind}'")
    values = attribute.get("values")
    if about.get("variantAttribute") and values is None:
        raise refusal(TEMPLATE, f"Values of the variant attribute '{key}' must not be null")
    given = [value.get("key") for value in values or ()]
    default = about.get("defaultValue")
    for value in (*given, *(() if default is None else (default,))):
        fits = isinstance(value, PYTHON[kind]) and not (kind == "NUMBER" and isinstance(value, bool))
        if not fits or (kind == "DATETIME" and not is_moment(value)):
            raise refusal(TEMPLATE, f"Value '{value}' of attribute '{key}' is not of type {kind}")


def is_moment(text: str) -> bool:
    """Whether a text is a moment of ISO 8601 (product guide, DATETIME)."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _after(_ctx: RequestContext, state: State, _old: Document | None, new: Document | None) -> None:
    versions = state.collection(VERSIONS)
    if new is not None:
        for template in (_old, new):
            if template is not None:
                versions.put(f"{template['id']}/{template['metadata']['version']}", template)
    elif _old is not None:
        for key in versions.among("id", (_old["id"],)):
            versions.delete(key)


# The schema has no room for a plain text here, so a named language gives a map of that one.
MAPS_ONLY = Languages(read="map", named="entry", write="map", write_named="any")

TEMPLATES = service.resource(
    Resource(
        path="/product/{tenant}/product-templates",
        collection="templates",
        lock="required",
        localized=("name", "attributes.name"),
        languages=MAPS_ONLY,
        prepare=_prepare,
        after=_after,
        missing=missing_template,
        stale=stale,
    )
)


def template_of(state: State, own: str, version: int) -> Document:
    """One version of a template. Raises 404 where there is none."""
    found = state.collection(VERSIONS).get(f"{own}/{version}")
    if found is None:
        found = state.collection(TEMPLATES.collection).get(own)
        if found is None or found["metadata"]["version"] != version:
            raise missing_template(own)
    return found


@service.operation("GET-product-retrieve-template")
def read(ctx: RequestContext, state: State) -> Document:
    """A template as it is, or as it was in a version."""
    own, version = ctx.path["product-template-id"], ctx.query.get("version")
    found = crud.read(TEMPLATES, ctx, state, own)
    if version:
        if not version.isdigit():
            raise missing_template(own)
        found = template_of(state, own, int(version))
    return TEMPLATES.answer(ctx, state, found)


@service.operation("DELETE-product-remove-template")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a template with all its versions, unless a product uses one."""
    own = ctx.path["product-template-id"]
    if state.collection(COLLECTION).find("template.id", own):
        raise refusal(TEMPLATE_USED, f"Product template with id {own} is used by products")
    crud.delete(TEMPLATES, ctx, state, own)
    return Result(204)


@service.page("/product/{tenant}/template-schemas/{file}")
def schema(ctx: RequestContext, state: State) -> Result:
    """The JSON schema of what a template says of products or of their variants."""
    name, _, version = ctx.path["file"].removesuffix(".json").rpartition("_v")
    own, _, kind = name.rpartition("-")
    if kind not in KINDS or not version.isdigit():
        raise missing_template(own)
    found = template_of(state, own, int(version))
    return Result(200, schema_of(found, of_variants=KINDS[kind]))


def schema_of(template: Document, *, of_variants: bool) -> Document:
    """What attributes a template allows, and which of them it requires."""
    chosen = [a for a in template["attributes"] if bool(a["metadata"].get("variantAttribute")) == of_variants]
    properties: Document = {}
    for attribute in chosen:
        schema: Document = dict(TYPES[attribute["type"]])
        if attribute.get("values"):
            schema["enum"] = [value["key"] for value in attribute["values"]]
        properties[attribute["key"]] = schema
    required = [a["key"] for a in chosen if a["metadata"].get("mandatory")]
    found: Document = {
        "type": "object",
        "properties": properties,
        "$schema": "http://json-schema.org/draft-04/schema#",
    }
    return {**found, "required": required} if required else found
