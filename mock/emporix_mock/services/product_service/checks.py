"""What a product must be, by its type and by what it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from emporix_mock.engine.tenant_values import decoded, value_of
from emporix_mock.platform.taxes import configured
from emporix_mock.services.product_service.declared import (
    BUNDLE,
    COLLECTION,
    RELATED,
    TAX,
    TAX_COUNTRIES,
    TEMPLATE,
    VARIANT,
    invalid,
    refusal,
)
from emporix_mock.services.product_service.templates import is_moment, schema_of, template_of
from emporix_mock.services.product_service.variants import CHOICE

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

REQUIRED: dict[str, tuple[str, ...]] = {
    "BUNDLE": ("bundledProducts",),
    "PARENT_VARIANT": ("template", "variantAttributes"),
    "VARIANT": ("parentVariantId",),
}
_SCALAR = {"type": ["string", "number", "boolean"]}
_ATTRIBUTE = {
    "type": "object",
    "required": ["value"],
    "properties": {
        "value": {
            "type": "object",
            "required": ["type", "qualifier"],
            "properties": {
                "type": {"enum": ["STRING", "NUMBER", "DECIMAL", "BOOLEAN"]},
                "qualifier": _SCALAR,
            },
        }
    },
}
_SHAPE = jsonschema_rs.Draft4Validator(
    {
        "properties": {
            "template": {
                "type": "object",
                "required": ["id", "version"],
                "properties": {"id": {"type": "string"}, "version": {"type": "integer"}},
            },
            "bundledProducts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["productId", "amount"],
                    "properties": {
                        "productId": {"type": "string"},
                        "amount": {"type": ["integer", "string"], "pattern": "^-?[0-9]{1,9}$"},
                    },
                },
            },
            "variantAttributes": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "object", "required": ["key"], "properties": {"key": _SCALAR}},
                },
            },
            "parentVariantId": {"type": "string"},
            "ownVariantAttributes": {"type": "object", "additionalProperties": _ATTRIBUTE},
            "sellable": {"type": "boolean"},
            "dynamicVariantType": {"type": "string"},
            "metadata": {
                "properties": {
                    "overridden": {"type": "array", "items": {"type": "string"}},
                    "mixins": {"type": "object", "additionalProperties": {"type": "string"}},
                }
            },
        }
    }
)
"""What the document says of members that some types have: a body that fits another type escapes it."""

SMALLEST_BUNDLE = 2
SKIPPING_ALLOWED = "allowToSkipRelatedProductsValidation"
RELATION_TYPES = "relation_types"
JSON_TYPES: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool}


def check(ctx: RequestContext, state: State, new: Document) -> None:
    """Raise what speaks against a product: 400, or 404 for a template that is not there."""
    if not new.get("code") or not new.get("name"):
        raise invalid()
    if not _SHAPE.is_valid(new):
        raise invalid()
    if any(new.get(name) is None for name in REQUIRED.get(new["productType"], ())):
        raise invalid()
    if new.get("template"):
        _check_template(state, new)
    if new["productType"] == "BUNDLE":
        _check_bundle(state, new["bundledProducts"])
    _check_related(ctx, state, new)
    _check_countries(ctx, state, new)


def _check_template(state: State, new: Document) -> None:
    template = template_of(state, new["template"]["id"], new["template"]["version"])
    attributes = (new.get("mixins") or {}).get("productTemplateAttributes")
    if isinstance(attributes, dict):
        fault = _fault(schema_of(template, of_variants=False), attributes)
        if fault:
            raise refusal(TEMPLATE, f"{fault}: [mixins:productTemplateAttributes]")
    if new["productType"] == "PARENT_VARIANT":
        offered = schema_of(template, of_variants=True)["properties"]
        for name, options in new["variantAttributes"].items():
            allowed = (offered.get(name) or {}).get("enum") or ()
            if any(option.get("key") not in allowed for option in options):
                raise refusal(VARIANT, f"Variant attribute '{name}' has keys that its template does not have")


def check_choice(parent: Document, new: Document) -> None:
    """The attributes that a variant chooses are those of its parent. Raises 400."""
    choice = (new.get("mixins") or {}).get(CHOICE) or {}
    offered = parent.get("variantAttributes") or {}
    for name, value in choice.items():
        if value not in [option.get("key") for option in offered.get(name) or ()]:
            raise refusal(VARIANT, f"Variant attribute '{name}' of the parent has no key '{value}'")


def _fault(schema: Document, value: Document) -> str | None:
    lacking = [name for name in schema.get("required") or () if name not in value]
    if lacking:
        names = ",".join(f'"{name}"' for name in lacking)
        return f"object has missing required properties ([{names}])"
    for name, part in schema["properties"].items():
        if name not in value:
            continue
        given = value[name]
        if not isinstance(given, JSON_TYPES[part["type"]]) or (
            part["type"] == "number" and isinstance(given, bool)
        ):
            kind = _json_type(given)
            allowed = f'["{part["type"]}"]'
            return f"instance type ({kind}) does not match any allowed primitive type (allowed: {allowed})"
        if part.get("format") == "date-time" and not is_moment(given):
            return f'string "{given}" is invalid against requested date format(s) date-time'
        if "enum" in part and given not in part["enum"]:
            return f'instance value ("{given}") not found in enum'
    return None


def _json_type(value: Any) -> str:
    for name, kind in {"boolean": bool, "string": str, "number": (int, float), "array": list}.items():
        if isinstance(value, kind):  # type: ignore[arg-type]
            return name
    return "null" if value is None else "object"


def _check_bundle(state: State, items: list[Document]) -> None:
    if len(items) < SMALLEST_BUNDLE:
        raise refusal(BUNDLE, "A bundle must consist of at least two products")
    for item in items:
        item["amount"] = int(item["amount"])
        if item.get("productId") not in state.collection(COLLECTION):
            raise refusal(BUNDLE, f"The product with id {item.get('productId')} has not been found.")
        if item["amount"] <= 0:
            raise refusal(BUNDLE, "The amount of a bundled product must be greater than 0")


def _check_related(ctx: RequestContext, state: State, new: Document) -> None:
    if ctx.query.get("skipRelatedItemsValidation") and decoded(value_of(state, SKIPPING_ALLOWED)) is True:
        return
    kinds = _relation_types(state)
    for item in new.get("relatedItems") or ():
        if kinds and item["type"] not in kinds:
            raise refusal(RELATED, f"The relation type {item['type']} does not exist.")
        if item["refId"] not in state.collection(COLLECTION):
            raise refusal(RELATED, f"The product with id {item['refId']} has not been found.")


def _relation_types(state: State) -> frozenset[Any]:
    """The relation types that the tenant has set, as texts or as objects with an id; empty: any will do."""
    found = decoded(value_of(state, RELATION_TYPES))
    entries = found if isinstance(found, list) else ()
    return frozenset(entry.get("id") if isinstance(entry, dict) else str(entry) for entry in entries)


def _check_countries(ctx: RequestContext, state: State, new: Document) -> None:
    if ctx.switch(TAX_COUNTRIES) != "checked":
        return
    unknown = [country for country in new.get("taxClasses") or {} if not configured(state, country)]
    if unknown:
        raise refusal(TAX, f"The tax classes for {', '.join(unknown)} do not exist")
