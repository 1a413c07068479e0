"""Webhooks on plain values: filters, bodies, signatures, and changes of a configuration.

Sources: webhook facts, sections 2 to 4, and the webhook document.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from jsonpath_rfc9535 import JSONPathError
from jsonpath_rfc9535 import compile as compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jsonpath_rfc9535 import JSONPathQuery

    Entry = dict[str, Any]

MOST_HEADERS: Final = 10
NAME_LENGTH: Final = 255

_REGEX = re.compile(r"(@[\w.\[\]'\"]*)\s*=~\s*/((?:[^/\\]|\\.)*)/(i?)")
_AMONG = re.compile(r"(@[\w.\[\]'\"]*)\s+(in|nin)\s+\[([^\]]*)\]")


class Refused(ValueError):
    """A configuration or a change that cannot be; `conflict` says that it is 409 rather than 400."""

    def __init__(self, text: str, *, conflict: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.conflict = conflict


# Filters: JsonPath predicates as Jayway's library reads them.


def matches(text: str | None, payload: Mapping[str, Any]) -> bool:
    """Whether a payload passes a filter; everything passes an empty one."""
    if not text:
        return True
    # A predicate right below the root is about the root itself, not about its members.
    subject: Any = [payload] if _is_predicate(text) else payload
    try:
        return bool(_query(text).find(subject))
    except JSONPathError:  # it compares what cannot be compared in this payload
        return False


def check_filter(text: str | None) -> None:
    """Raise `Refused` for a filter that is no JsonPath."""
    if text:
        try:
            _query(text)
        except JSONPathError as error:
            raise Refused(f"filter: {str(error).splitlines()[0]}") from error


def _is_predicate(text: str) -> bool:
    return re.match(r"\s*\$\s*\[\s*\?", text) is not None


@lru_cache(maxsize=256)
def _query(text: str) -> JSONPathQuery:
    text = _REGEX.sub(lambda found: f"search({found[1]}, {_quoted(found)})", text)
    return compiled(_AMONG.sub(_among, text))


def _quoted(found: re.Match[str]) -> str:
    pattern = found[2].replace("'", "\\'")
    return f"'{'(?i)' if found[3] else ''}{pattern}'"


def _among(found: re.Match[str]) -> str:
    values = [value.strip() for value in found[3].split(",") if value.strip()]
    alternatives = " || ".join(f"{found[1]} == {value}" for value in values) or "false == true"
    return f"({alternatives})" if found[2] == "in" else f"!({alternatives})"


# Bodies and signatures.


def without(payload: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """A payload without excluded root members."""
    return {name: value for name, value in payload.items() if name not in fields}


def canonical(value: Any) -> bytes:
    """What is signed: members sorted at every level, no white space."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def signature(secret: str, signed: bytes) -> str:
    """The value of `emporix-event-signature`."""
    return b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


# Configurations.


def entries_of(configuration: Mapping[str, Any], event_type: str) -> list[Entry]:
    """The entries for an event, whatever the case of its name."""
    wanted = event_type.lower()
    entries: list[Entry] = configuration.get("eventsConfiguration") or []
    return [entry for entry in entries if str(entry.get("eventType", "")).lower() == wanted]


def filled(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as a client gave it, without the members that are null. Raises `Refused`."""
    found = {name: value for name, value in configuration.items() if value is not None}
    if entries := entries_in(configuration):
        found["eventsConfiguration"] = [
            {k: v for k, v in entry.items() if v is not None} for entry in entries
        ]
    return found


def check_http(configuration: Mapping[str, Any], reachable: Callable[[str], bool]) -> None:
    """Raise `Refused` for an HTTP configuration that cannot be; `reachable` judges a URL."""
    _check_target(configuration, reachable)
    for entry in entries_in(configuration):
        if not entry.get("eventType"):
            raise Refused("eventType must not be blank")
        if len(entry.get("name") or "") > NAME_LENGTH:
            raise Refused(f"name must have at most {NAME_LENGTH} characters")
        _check_target(entry, reachable)
        check_filter(entry.get("filter"))


UNREACHABLE: Final = (
    "destinationUrl: The resource specified by the URL is not accessible. For a webhook to be accessible, it "
    "needs to respond with any successful status for either `HEAD` or `OPTIONS` request."
)


TYPES: Final[Mapping[str, type]] = {
    "id": str,
    "destinationUrl": str,
    "secretKey": str,
    "headers": dict,
    "eventType": str,
    "name": str,
    "filter": str,
    "excludedFields": list,
    "active": bool,
}


def entries_in(configuration: Mapping[str, Any]) -> list[Entry]:
    """The entries of a configuration that a client gave. Raises `Refused` for what are none."""
    entries = configuration.get("eventsConfiguration")
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refused("eventsConfiguration is a list of objects")
    return entries


def _check_types(target: Mapping[str, Any]) -> None:
    for name, kind in TYPES.items():
        if target.get(name) is not None and not isinstance(target[name], kind):
            raise Refused(f"{name} has the wrong type")
    for header in (target.get("headers") or {}).values():
        if not isinstance(header, dict) or not isinstance(header.get("value", ""), str):
            raise Refused("headers is a map of names to objects with a value")
    for field in target.get("excludedFields") or ():
        if not isinstance(field, str) or not field.strip() or "." in field:
            raise Refused("excludedFields is a list of names of root fields")


def _check_target(target: Mapping[str, Any], reachable: Callable[[str], bool]) -> None:
    _check_types(target)
    url = target.get("destinationUrl")
    if url is not None and not url.strip():
        raise Refused("destinationUrl must not be blank")
    if url is not None and not reachable(url):
        raise Refused(UNREACHABLE)
    if len(target.get("headers") or ()) > MOST_HEADERS:
        raise Refused(f"headers: at most {MOST_HEADERS} headers are allowed")


def identified(
    given: Sequence[Entry], stored: Sequence[Entry], new_id: Callable[[], str], *, creating: bool
) -> list[Entry]:
    """Entries with ids: theirs, the only one stored of the type, or a new one. Raises `Refused`."""
    known = {entry["id"]: entry for entry in stored}
    seen: set[str] = set()
    found = []
    for entry in entries_in({"eventsConfiguration": given}):
        _check_types(entry)
        own = entry.get("id")
        if own is not None and (creating or own not in known):
            raise Refused(f"eventsConfiguration: there is no entry with id '{own}'")
        if own is None:
            own = _inherited(entry, given, stored) or new_id()
        if own in seen:
            raise Refused(f"eventsConfiguration: the id '{own}' stands twice")
        seen.add(own)
        found.append({"active": True, **entry, "id": own})
    return found


def _inherited(entry: Entry, given: Sequence[Entry], stored: Sequence[Entry]) -> str | None:
    kind = str(entry.get("eventType"))
    before = entries_of({"eventsConfiguration": stored}, kind)
    now = entries_of({"eventsConfiguration": given}, kind)
    return str(before[0]["id"]) if len(before) == len(now) == 1 else None


def keep_secrets(given: dict[str, Any], stored: Mapping[str, Any]) -> None:
    """Put the stored secrets where a configuration leaves them out, which a client cannot read back."""
    secrets = {entry["id"]: entry.get("secretKey") for entry in stored.get("eventsConfiguration") or ()}
    _keep(given, stored.get("secretKey"))
    for entry in given.get("eventsConfiguration") or ():
        _keep(entry, secrets.get(entry["id"]))


def _keep(target: dict[str, Any], secret: str | None) -> None:
    if secret and not target.get("secretKey"):
        target["secretKey"] = secret


def shown(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """An HTTP configuration as it is read: that there is a secret, never which."""
    found = _veiled(configuration)
    if "eventsConfiguration" in configuration:
        found["eventsConfiguration"] = [_veiled(entry) for entry in configuration["eventsConfiguration"]]
    return found


def _veiled(target: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in target.items() if name != "secretKey"}
    return {**rest, "secretKeyExists": bool(target.get("secretKey"))}
