"""The schema service's rules, error bodies and the files that it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import mixins
from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import Languages
from emporix_mock.engine.wordings import SEE_DETAILS, not_latest
from emporix_mock.errors import Detail, EmporixError, NotFound
from emporix_mock.rules.schemas import PREDEFINED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

FILES, TYPES = mixins.FILES, "types"

service = Service("schema")

DUPLICATE = service.rule("duplicate-key", 409, source="schema document, 409 example")
STALE = service.rule("stale-version", 409, source="configuration facts 7.1 [status: choice]")
UNVERSIONED = service.rule(
    "version-required", 400, source="configuration facts 7.1: required by the text [status: choice]"
)
OTHER_VERSION = service.rule(
    "other-version", 400, source="schema document, `version` of deletes and types [status: choice]"
)
ATTRIBUTES = service.rule("attributes", 400, source="configuration facts 7.2 [status: choice]")
UNKNOWN_TYPE = service.rule("unknown-type", 400, source="configuration facts 7.2 [status: choice]")
BAD_FILE = service.rule("bad-file", 400, source="schema document: a JSON schema file [status: choice]")
TYPE_ID = service.rule("type-id", 400, source="configuration facts 7.2: form of ids, reserved ones")
TYPE_HELD = service.rule("type-has-instances", 400, source="schema document, 400 example")
BAD_EXPORT = service.rule("bad-export", 400, source="schema document: what was exported [status: choice]")
UNMATCHED = service.rule("mixin-without-schema", 400, source="configuration facts 7.2")
BAD_OWNER = service.rule("owner", 400, source="configuration facts 7.3 [status: choice]")
BAD_REFERENCE = service.rule("reference", 400, source="schema document, validateReferences [status: choice]")

LANGUAGES = Languages(read="map", named="subset", write="map", write_named="map")
"""Names are maps by the document, whatever the language headers say."""

service.collection(FILES, key="id", new_id="given", times=())


def missing(key: str) -> EmporixError:
    """404 for an id that nothing has."""
    return NotFound("Error while getting resource.", details=[Detail(f"Resource with id '{key}' not found")])


def duplicate(_key: str) -> EmporixError:
    """409 for an id that is taken."""
    return DUPLICATE("Duplicated key.")


def stale(key: str, version: object) -> EmporixError:
    """409 for a version that is no longer current."""
    return STALE(not_latest(key, version))


def unversioned(_key: str) -> EmporixError:
    """400 for an update that names no version."""
    return invalid(UNVERSIONED, "metadata.version", "The version has to be provided")


def invalid(rule: Rule, field: str, text: str) -> EmporixError:
    """400 that names the field at fault."""
    return rule(SEE_DETAILS, details=[Detail(text, field, "invalid_field")])


def check_version(ctx: RequestContext, document: Document) -> None:
    """Raise 400 where the `version` of the query is not the document's."""
    given = ctx.query.get("version")
    if given is not None and given != document["metadata"]["version"]:
        text = f"The current version is {document['metadata']['version']}"
        raise invalid(OTHER_VERSION, "version", text)


def check_types(state: State, types: Iterable[str]) -> None:
    """Raise 400 for a type that the tenant does not have."""
    for name in types:
        if name not in PREDEFINED and name not in state.collection(TYPES):
            raise invalid(UNKNOWN_TYPE, "types", f"There is no type '{name}'")


# Files. One per version: what it publishes, and the document as it was at that version.


def publish(state: State, document: Document, content: Document) -> None:
    """Keep the file of a document's version; it outlives the document."""
    own = file_name(document)
    state.collection(FILES).put(own, {"id": own, "content": content, "document": document})


def file_name(document: Document) -> str:
    """The name of the file of a document's current version."""
    return f"{document['id']}_v{document['metadata']['version']}"


def url_of(ctx: RequestContext, name: str) -> str:
    """Where a file is served."""
    return f"{ctx.origin}/schema/{ctx.tenant}/files/{name}.json"


def with_url(ctx: RequestContext, _state: State, document: Document) -> Document:
    """The document as it is read, with the address of its file."""
    document["metadata"] = {**document["metadata"], "url": url_of(ctx, file_name(document))}
    return document


def at_version(ctx: RequestContext, state: State, document: Document) -> Document:
    """The document as it was at the `version` of the query; 404 where it never had that one."""
    wanted = ctx.query.get("version")
    if wanted is None or wanted == document["metadata"]["version"]:
        return document
    kept = state.collection(FILES).get(f"{document['id']}_v{wanted}")
    if kept is None or "document" not in kept:
        raise missing(document["id"])
    old: Document = kept["document"]
    return old


def schema_for(state: State, name: str, custom_type: str) -> Document | None:
    """The schema or reference of that id if it extends the type."""
    for collection in ("schemas", "references"):
        found = state.collection(collection).get(name)
        if found is not None and custom_type in found["types"]:
            return found
    return None
