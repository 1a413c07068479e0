"""Attribute schemas: what is allowed in them, the JSON schema they stand for, and the way back.

The service's published files are draft-07 JSON schemas; how attributes map to them is documented nowhere
(configuration facts, section 7.2, gives the mapping taken here).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Attribute = Mapping[str, Any]
    JsonSchema = dict[str, Any]

PREDEFINED: Final = (
    "AVAILABILITY",
    "CART",
    "CART_ITEM",
    "CATEGORY",
    "COMPANY",
    "COUPON",
    "CUSTOMER",
    "CUSTOMER_ADDRESS",
    "CUSTOM_ENTITY",
    "LOCATION",
    "MEDIA",
    "ORDER",
    "ORDER_ENTRY",
    "PRICE_LIST",
    "PRODUCT",
    "QUOTE",
    "RETURN",
    "SITE",
    "VENDOR",
)
"""The types that every tenant has."""

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
UNLIMITED: Final = -1
TEXT_FORMATS: Final[Mapping[str, str]] = {"DATE": "date", "TIME": "time", "DATE_TIME": "date-time"}
FLAGS: Final = {"readOnly": False, "localized": False, "required": False, "nullable": False}
_FROM_FORMAT: Final = {name: kind for kind, name in TEXT_FORMATS.items()}


# What is allowed.


def fault(attributes: Iterable[Attribute], types: Iterable[str]) -> tuple[str, str] | None:
    """Field and sentence for the first attribute that cannot be; None when all can.

    `types` are those of the schema: references may stand only in schemas that extend a custom type.
    """
    custom = any(name not in PREDEFINED for name in types)
    return _fault(attributes, "attributes", custom=custom)


def _fault(attributes: Iterable[Attribute], at: str, *, custom: bool) -> tuple[str, str] | None:
    seen: set[str] = set()
    for index, attribute in enumerate(attributes):
        field = f"{at}[{index}]"
        if attribute["key"] in seen:
            return f"{field}.key", f"The key '{attribute['key']}' stands twice"
        seen.add(attribute["key"])
        found = _kind_fault(attribute, field, custom=custom)
        if found is not None:
            return found
        nested = attribute.get("attributes") or (attribute.get("arrayType") or {}).get("attributes") or ()
        inner = _fault(nested, f"{field}.attributes", custom=custom)
        if inner is not None:
            return inner
    return None


def _kind_fault(attribute: Attribute, field: str, *, custom: bool) -> tuple[str, str] | None:
    kind, flags = attribute["type"], attribute["metadata"]
    element = attribute.get("arrayType") or {}
    if kind == "ARRAY" and not element:
        return f"{field}.arrayType", "An attribute of type ARRAY needs arrayType"
    if kind == "ENUM" and not attribute.get("values"):
        return f"{field}.values", "An attribute of type ENUM needs values"
    if kind == "BOOLEAN" and flags.get("required"):
        return f"{field}.metadata.required", "An attribute of type BOOLEAN cannot be required"
    if flags.get("localized") and "TEXT" not in (kind, element.get("type")):
        return f"{field}.metadata.localized", "Only attributes of type TEXT can be localized"
    if "REFERENCE" in (kind, element.get("type")) and not custom:
        return f"{field}.type", "Attributes of type REFERENCE are for custom types only"
    return None


# The JSON schema of a list of attributes.


def completed(attributes: Iterable[Attribute]) -> list[dict[str, Any]]:
    """The attributes with every flag said, at any depth; a flag that is left out is false."""
    whole = []
    for attribute in attributes:
        found = {**attribute, "metadata": {**FLAGS, **(attribute.get("metadata") or {})}}
        if attribute.get("attributes"):
            found["attributes"] = completed(attribute["attributes"])
        element = attribute.get("arrayType") or {}
        if element.get("attributes"):
            found["arrayType"] = {**element, "attributes": completed(element["attributes"])}
        whole.append(found)
    return whole


def file_of(schema: Mapping[str, Any]) -> JsonSchema:
    """The published JSON schema of a schema."""
    return {"$schema": DRAFT, "title": schema["id"], **_object(schema.get("attributes") or ())}


def _object(attributes: Iterable[Attribute]) -> JsonSchema:
    found: JsonSchema = {"type": "object", "properties": {a["key"]: _of(a) for a in attributes}}
    required = [a["key"] for a in attributes if (a.get("metadata") or {}).get("required")]
    return {**found, "required": required} if required else found


def _of(attribute: Attribute) -> JsonSchema:
    flags = attribute.get("metadata") or {}
    kind = attribute["type"]
    if kind == "ARRAY":
        element = attribute.get("arrayType") or {"type": "TEXT"}
        localized = element.get("localized", flags.get("localized"))
        found: JsonSchema = {"type": "array", "items": _plain(element["type"], element, localized=localized)}
    else:
        found = _plain(kind, attribute, localized=flags.get("localized"))
    if flags.get("readOnly"):
        found["readOnly"] = True
    if flags.get("nullable"):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _plain(kind: str, attribute: Attribute, *, localized: Any) -> JsonSchema:
    values = [entry["value"] for entry in attribute.get("values") or ()]
    if kind == "NUMBER":
        return {"type": "number"}
    if kind == "DECIMAL":
        precision = attribute.get("precision", 0.01)
        return {"type": "number"} if precision == UNLIMITED else {"type": "number", "multipleOf": precision}
    if kind == "BOOLEAN":
        return {"type": "boolean"}
    if kind == "ENUM":
        return {"type": "string", "enum": values}
    if kind == "OBJECT":
        return _object(attribute.get("attributes") or ())
    if kind == "REFERENCE":
        target: JsonSchema = {"type": "string", "enum": values} if values else {"type": "string"}
        return {
            "type": "object",
            "properties": {"emporixReferenceType": target, "id": {"type": "string"}},
            "required": ["emporixReferenceType", "id"],
        }
    if kind in TEXT_FORMATS:
        return {"type": "string", "format": TEXT_FORMATS[kind]}
    if localized:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    return {"type": "string"}


# The attributes of a JSON schema.


def attributes_of(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attributes that a JSON schema file describes; ValueError where it describes no object."""
    members = schema.get("properties")
    if not isinstance(members, dict):
        raise ValueError("the file describes no properties")  # noqa: TRY004  # it is the content that is wrong
    required = schema.get("required") or ()
    return [_attribute(key, node, required=key in required) for key, node in members.items()]


def _attribute(key: str, node: Any, *, required: bool) -> dict[str, Any]:
    node = node if isinstance(node, dict) else {}
    kinds = node.get("type")
    nullable = isinstance(kinds, list) and "null" in kinds
    described = _described(node)
    localized = bool(described.pop("localized", False))
    flags = {
        "readOnly": bool(node.get("readOnly")),
        "localized": localized or bool(described.get("arrayType", {}).get("localized")),
        "required": required,
        "nullable": nullable,
    }
    return {"key": key, **described, "metadata": flags}


def _described(node: Mapping[str, Any]) -> dict[str, Any]:
    kinds = node.get("type")
    kind = next((k for k in kinds if k != "null"), None) if isinstance(kinds, list) else kinds
    if "enum" in node:
        return {"type": "ENUM", "values": [{"value": str(v)} for v in node["enum"] if v is not None]}
    if kind in ("number", "integer"):
        if "multipleOf" in node and kind == "number":
            return {"type": "DECIMAL", "precision": node["multipleOf"]}
        return {"type": "NUMBER"}
    if kind == "boolean":
        return {"type": "BOOLEAN"}
    if kind == "array":
        return {"type": "ARRAY", "arrayType": _described(node.get("items") or {})}
    if kind == "object":
        return _of_object(node)
    return {"type": _FROM_FORMAT.get(str(node.get("format")), "TEXT")}


def _of_object(node: Mapping[str, Any]) -> dict[str, Any]:
    members = node.get("properties") or {}
    if "emporixReferenceType" in members:
        targets = members["emporixReferenceType"].get("enum") or ()
        return {"type": "REFERENCE", "values": [{"value": target} for target in targets]}
    if not members and isinstance(node.get("additionalProperties"), dict):
        return {"type": "TEXT", "localized": True}
    return {"type": "OBJECT", "attributes": attributes_of({**node, "properties": members})}
