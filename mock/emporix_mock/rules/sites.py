"""Sites: which fields they have, what reading shows of them, and mixins between wire and store.

A site is the stored document: its fields, mixin values below `mixins`, their schema URLs below
`metadata.mixins`. Functions leave their arguments alone and return new values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    Site = Mapping[str, Any]

FIELDS = (
    "code",
    "name",
    "active",
    "default",
    "includesTax",
    "defaultLanguage",
    "languages",
    "currency",
    "availableCurrencies",
    "homeBase",
    "shipToCountries",
    "shipping",
    "payment",
    "tax",
    "assistedBuying",
    "metadata",
    "taxDeterminationBasedOn",
    "mixins",
    "cartCalculationScale",
)
REQUIRED = ("name", "defaultLanguage", "languages", "currency", "homeBase", "shipToCountries")
DEFAULTS: Mapping[str, Any] = {"taxDeterminationBasedOn": "BILLING_ADDRESS", "cartCalculationScale": 2}
SERVICES = ("payment", "shipping", "tax")
STANDARD_MIXINS = frozenset(
    {
        "couponSettings",
        "customerSettings",
        "debitSettings",
        "feeService",
        "generalShopSettings",
        "imageSize",
        "merchantInfo",
        "orderProcessSettings",
        "productSettings",
    }
)
"""Mixins that every site may have without naming a schema; the documented example names none for one."""

ALL, ACTIVE = "all", "active"


@dataclass(frozen=True, slots=True)
class Expansion:
    """What `expand` asks for: a level per kind of service configuration, and mixins by name or `*`."""

    levels: Mapping[str, str]
    mixins: frozenset[str]


def expansion(text: str | None) -> Expansion:
    """Read `payment:all,shipping:active,mixin:*`; what is not understood asks for nothing (choice)."""
    levels: dict[str, str] = {}
    mixins: set[str] = set()
    for entry in (text or "").split(","):
        kind, _, value = entry.strip().partition(":")
        if kind in SERVICES:
            levels[kind] = value
        elif kind in ("mixin", "mixins") and value:
            mixins.add(value)
    return Expansion(levels, frozenset(mixins))


def known(body: Site) -> dict[str, Any]:
    """The fields of a body that sites have; clients send others, which are ignored."""
    return {name: value for name, value in body.items() if name in FIELDS}


def shown(site: Site, wanted: Expansion, *, restricted: bool) -> dict[str, Any]:
    """A stored site as it is read.

    Service configurations and mixins are there only when `wanted`, the restricted part of a
    configuration only for those who may see it. Without a list of its own a site has one currency.
    """
    metadata = site.get("metadata") or {}
    answer = {
        **DEFAULTS,
        **{name: site[name] for name in FIELDS if name in site},
        "metadata": {"mixins": metadata.get("mixins") or {}, "version": metadata.get("version", 0)},
    }
    answer.setdefault("availableCurrencies", [site["currency"]])
    for kind in SERVICES:
        answer.pop(kind, None)
        level = wanted.levels.get(kind)
        if level in (ALL, ACTIVE):
            answer[kind] = [
                entry if restricted else _public(entry)
                for entry in site.get(kind) or ()
                if level == ALL or entry.get("active", True)
            ]
    mixins = answer.pop("mixins", None) or {}
    if wanted.mixins:
        answer["mixins"] = {
            name: value for name, value in mixins.items() if "*" in wanted.mixins or name in wanted.mixins
        }
    return answer


def _public(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "configuration" not in entry:
        return dict(entry)
    configuration = {name: part for name, part in entry["configuration"].items() if name != "restricted"}
    return {**entry, "configuration": configuration}


def replaced(old: Site, body: Site, wanted: Expansion) -> dict[str, Any]:
    """The site that a full update makes of `old`.

    What reading does not show unasked is kept when the body leaves it out: mixins, their URLs and
    service configurations; so are `active` and `default`. Configurations that are given replace those
    that `wanted` shows (active ones unless it says otherwise), as the document's note on inactive ones
    has it. The rest is replaced.
    """
    kept = {name: old[name] for name in ("active", "default", "mixins") if name in old}
    new = {**kept, **body, "code": old["code"]}
    urls = {**schema_urls(old), **schema_urls(body)}
    new["metadata"] = {**(body.get("metadata") or {}), "mixins": urls}
    for kind in SERVICES:
        before = old.get(kind) or []
        level = wanted.levels.get(kind, ACTIVE)
        if kind not in body or level not in (ALL, ACTIVE):
            after = before
        elif level == ALL:
            after = body[kind]
        else:
            hidden = [entry for entry in before if not entry.get("active", True)]
            names = {entry.get("id") for entry in hidden}
            after = [entry for entry in body[kind] if entry.get("id") not in names] + hidden
        if after:
            new[kind] = after
        else:
            new.pop(kind, None)
    return new


def schema_urls(site: Site) -> dict[str, Any]:
    """The schema URLs of a site's mixins by name."""
    return dict((site.get("metadata") or {}).get("mixins") or {})


def settled(site: Site, old: Site | None) -> dict[str, Any]:
    """The site with nothing left of mixins that it had in `old` and has no more."""
    gone = set((old or {}).get("mixins") or ()) - set(site.get("mixins") or ())
    urls = {name: url for name, url in schema_urls(site).items() if name not in gone}
    return {**site, "metadata": {**(site.get("metadata") or {}), "mixins": urls}}


def mixin_fault(site: Site) -> tuple[str, str] | None:
    """Field and sentence for the first mixin that cannot be stored as it is; None when all can."""
    urls = schema_urls(site)
    for name, url in urls.items():
        if not isinstance(url, str):
            return f"metadata.mixins.{name}", f"metadata.mixins.{name} must be a URL"
    for name, value in (site.get("mixins") or {}).items():
        field = f"mixins.{name}"
        if not isinstance(value, dict):
            return field, f"{field} must be an object"
        if value and not urls.get(name) and name not in STANDARD_MIXINS:
            return field, f"{field} No matching schema found"
    return None


def mixin_shown(site: Site, name: str) -> dict[str, Any] | None:
    """A mixin in its wire form, its schema URL below `metadata`; None when the site has no such one."""
    value = (site.get("mixins") or {}).get(name)
    if value is None:
        return None
    url = schema_urls(site).get(name)
    return {**value, "metadata": {"schema": url}} if url else dict(value)


def mixin_stored(site: Site, name: str, value: Any) -> dict[str, Any]:
    """The site with a mixin given in its wire form.

    Its schema URL is that of `metadata`; a mixin without `metadata` keeps the URL it has.
    """
    urls = schema_urls(site)
    if isinstance(value, dict) and isinstance(value.get("metadata"), dict):
        urls[name] = value["metadata"].get("schema")
        if urls[name] is None:
            del urls[name]
    if isinstance(value, dict):
        value = {field: part for field, part in value.items() if field != "metadata"}
    return _with_mixins(site, {**(site.get("mixins") or {}), name: value}, urls)


def mixin_removed(site: Site, name: str) -> dict[str, Any]:
    """The site without a mixin and its schema URL."""
    mixins = {other: value for other, value in (site.get("mixins") or {}).items() if other != name}
    return _with_mixins(
        site, mixins, {other: url for other, url in schema_urls(site).items() if other != name}
    )


def _with_mixins(site: Site, mixins: Site, urls: Site) -> dict[str, Any]:
    metadata = {**(site.get("metadata") or {}), "mixins": dict(urls)}
    return {**site, "mixins": dict(mixins), "metadata": metadata}


def unwrapped(body: Mapping[str, Any], name: str) -> Any:
    """The mixin in the body of a full update: by the document below its name, from some clients bare."""
    return body[name] if list(body) == [name] and isinstance(body[name], dict) else body


def is_time_zone(name: str) -> bool:
    """Whether the IANA database has a zone of this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
