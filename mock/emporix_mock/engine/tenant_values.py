"""Settings of a tenant as the configuration service keeps them, and the languages among them.

`project_lang` is a JSON text that holds a list of `{id, label, default, required}` (configuration facts).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from emporix_mock.store.documents import Documents
    from emporix_mock.store.world import State

SERVICE: Final = "configuration-service"
COLLECTION: Final = "configurations"
LANGUAGES: Final = "project_lang"
DEFAULT_LANGUAGE: Final = "en"


def value_of(state: State, key: str) -> Any:
    """The stored value of a setting, None where the tenant has none."""
    documents: Documents = state.world.state(SERVICE).collection(COLLECTION)
    document = documents.get(key)
    if document is None:
        found = documents.find("key", key)
        document = documents.get(found[0]) if found else None
    return None if document is None else document.get("value")


def decoded(value: Any) -> Any:
    """What a string holds as JSON; the value itself otherwise."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value.lower() if value.lower() in ("true", "false") else value)
    except orjson.JSONDecodeError:
        return value


def languages_of(state: State) -> tuple[str, tuple[str, ...]]:
    """The default language of the tenant and all that it has."""
    value = value_of(state, LANGUAGES)
    return _languages(value if isinstance(value, str) else orjson.dumps(value).decode())


@lru_cache(maxsize=256)
def _languages(text: str) -> tuple[str, tuple[str, ...]]:
    entries = decoded(text)
    known = [e for e in entries if isinstance(e, dict) and e.get("id")] if isinstance(entries, list) else []
    if not known:
        return DEFAULT_LANGUAGE, (DEFAULT_LANGUAGE,)
    default = next((entry["id"] for entry in known if entry.get("default")), known[0]["id"])
    return str(default), tuple(str(entry["id"]) for entry in known)
