"""The patch operations of a webhook configuration: UPSERT and REMOVE at documented paths."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.webhooks import Refused, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Config = dict[str, Any]

ROOT: Final = ("destinationUrl", "secretKey", "headers")
LEGACY: Final = ROOT
OWN: Final = (*ROOT, "filter", "excludedFields", "name", "active")
ENTRY: Final = "eventsConfigurationEntry"
ENTRIES: Final = "eventsConfiguration"


def patched(config: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> Config:
    """The configuration after the operations, in order. Raises `Refused`."""
    found: Config = copy.deepcopy(dict(config))
    for operation in operations:
        removes = operation["op"] == "REMOVE"
        if not removes:
            _check_value(operation)
        value = operation.get("value")
        parts = operation["path"].strip("/").split("/")
        if parts == ["active"]:
            if removes or not isinstance(value, bool):
                raise Refused("/active takes a boolean")
            found["active"] = value
        elif parts == ["configuration"]:
            found["configuration"] = {} if removes else _object(value)
        else:
            _at_provider(found, parts[1:], value, removes=removes)
    return found


def _check_value(operation: Mapping[str, Any]) -> None:
    value = operation.get("value")
    nothing_excluded = operation["path"].endswith("/excludedFields") and value == []
    if value in (None, "", [], {}) and value is not False and not nothing_excluded:
        raise Refused("value must not be empty")


def _object(value: Any) -> Config:
    if not isinstance(value, dict):
        raise Refused("an object is expected")
    return value


def _at_provider(config: Config, parts: list[str], value: Any, *, removes: bool) -> None:
    provider, *rest = parts
    if provider != str(config["provider"]).lower():
        raise Refused(f"the configuration is not one of provider {provider.upper()}")
    inner: Config = config.setdefault("configuration", {})
    known = ("apiKey",) if provider == "svix" else (*ROOT, ENTRIES)
    if len(rest) == 1 and rest[0] in known:
        _set(inner, rest[0], value, removes=removes)
    elif provider == "http" and rest[:1] == [ENTRY]:
        _at_entry(inner, rest[1:], value, removes=removes)
    elif provider == "http" and rest[:1] == [ENTRIES] and len(rest) in (2, 3):
        _at_type(inner, rest[1:], value, removes=removes)
    else:
        raise Refused(f"there is no path /configuration/{'/'.join(parts)}")


def _set(target: Config, name: str, value: Any, *, removes: bool) -> None:
    if removes:
        target.pop(name, None)
    else:
        target[name] = value


def _at_entry(inner: Config, parts: list[str], value: Any, *, removes: bool) -> None:
    entries: list[Config] = inner.setdefault(ENTRIES, [])
    if not parts:
        if removes:
            raise Refused(f"REMOVE is not allowed at {ENTRY}")
        if "id" in _object(value):
            raise Refused("a new entry has no id yet")
        entries.append(value)
        return
    found = [entry for entry in entries if entry.get("id") == parts[0]]
    if not found:
        raise Refused(f"there is no entry with id '{parts[0]}'")
    _change(entries, found[0], parts[1:], OWN, value, removes=removes)


def _at_type(inner: Config, parts: list[str], value: Any, *, removes: bool) -> None:
    """By event type, from the time when there was one entry for each."""
    entries: list[Config] = inner.setdefault(ENTRIES, [])
    found = entries_of(inner, parts[0])
    if len(found) > 1:
        raise Refused(f"several entries have the event type '{parts[0]}'", conflict=True)
    if not found:
        if removes:
            raise Refused(f"there is no entry with the event type '{parts[0]}'")
        entries.append({"eventType": parts[0]})
        found = [entries[-1]]
    _change(entries, found[0], parts[1:], LEGACY, value, removes=removes)


def _change(
    entries: list[Config],
    entry: Config,
    rest: list[str],
    members: tuple[str, ...],
    value: Any,
    *,
    removes: bool,
) -> None:
    if not rest and removes:
        entries.remove(entry)
    elif not rest:
        kept: Config = {name: entry[name] for name in ("id", "eventType", "secretKey") if name in entry}
        entry.clear()
        entry.update({**kept, **_object(value)})
        if "id" in kept:
            entry["id"] = kept["id"]
    elif len(rest) == 1 and rest[0] in members:
        _set(entry, rest[0], value, removes=removes)
    else:
        raise Refused(f"an entry has no {'/'.join(rest)}")
