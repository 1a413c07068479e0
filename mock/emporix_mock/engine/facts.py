"""What the document says about one operation, as far as generic verbs want to know it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.shapes import NO_BODY, Shape, member_at, shape_of, writable
from emporix_mock.engine.validation import Violation, first_violation
from emporix_mock_spec.operation import follow, operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emporix_mock.engine.validation import Schemas
    from emporix_mock.errors import EmporixError
    from emporix_mock_spec.operation import Content, Operation

    Refuse = Callable[[Violation], EmporixError]

PAGING: Final = frozenset(
    ("pageNumber", "pageSize", "page", "size", "sort", "q", "fields", "expand", "next", "prev", "totalCount")
)


class Facts:
    """Worked out at first use and then kept; `refuse` words a value that breaks the document."""

    method = ""
    path = ""
    success = 200
    """The first documented status below 400."""

    def __init__(
        self, document: Mapping[str, Any], spec: Operation, schemas: Schemas, refuse: Refuse
    ) -> None:
        self._document = document
        self._operation = spec
        self._schemas = schemas
        self._refuse = refuse
        self._shapes: dict[int, Shape] = {}
        self.method = spec.method
        self.path = spec.path
        self.success = spec.success

    @cached_property
    def reads(self) -> bool:
        """Whether the operation only reads: GET, HEAD and searches."""
        return self.method in ("GET", "HEAD") or "/search" in self.path

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the declared query parameters."""
        return frozenset(p.name for p in self._operation.parameters if p.place == "query")

    @cached_property
    def paged(self) -> bool:
        """Whether lists come in pages at all."""
        return not self.parameters.isdisjoint(("pageSize", "size"))

    @cached_property
    def windowed(self) -> bool:
        """Whether the body carries the totals, with pages counted from 0 (import service)."""
        return {"page", "size"} <= self.parameters

    @cached_property
    def cursors(self) -> bool:
        """Whether `next` and `prev` walk through the list."""
        return {"next", "prev"} <= self.parameters

    @cached_property
    def unasked(self) -> frozenset[str]:
        """Headers of the answer, in lower case, where the request has no way to ask for totals."""
        asking = {p.name.lower() for p in self._operation.parameters} & {"x-total-count", "totalcount"}
        return frozenset() if asking else frozenset(map(str.lower, self._operation.headers[self.success]))

    @cached_property
    def upsert(self) -> bool:
        """Whether PUT creates what is not there."""
        return self.documents(201) and (self.documents(204) or self.documents(200))

    def documents(self, status: int) -> bool:
        """Whether the document lists the status."""
        return status in self._operation.responses

    def shape(self, status: int) -> Shape:
        """The shape of the body that goes with a status."""
        found = self._shapes.get(status)
        if found is None:
            content = _json(self._operation.responses.get(status) or {})
            found = NO_BODY if content is None else shape_of(self._document, content.schema)
            self._shapes[status] = found
        return found

    @cached_property
    def body(self) -> Shape:
        """The shape of the request body."""
        content = _json(self._operation.body)
        return NO_BODY if content is None else shape_of(self._document, content.schema)

    @cached_property
    def writable(self) -> frozenset[str] | None:
        """The members that the body, or an element of it, may bring; None for any."""
        return writable(self._document, self.body)

    @cached_property
    def patch_operations(self) -> frozenset[str]:
        """The spellings of `op` in a body that is a list of patch operations, or of items that hold one."""
        names = self.body.names
        if "op" not in names and "data" in names:
            names = shape_of(self._document, names["data"]).names
        return frozenset(_spellings(self._document, names.get("op")))

    @cached_property
    def filters(self) -> Mapping[str, str]:
        """Query parameters that are named like a property of what is listed, each with its path."""
        names = self.shape(self.success).names
        return {
            name: name for name in sorted(self.parameters - PAGING) if member_at(self._document, names, name)
        }

    @cached_property
    def entry_message(self) -> bool:
        """Whether a bulk entry has a message even when all went well (shipping)."""
        content = _json(self._operation.responses.get(207) or {})
        if content is None or content.schema is None:
            return False
        element = follow(self._document, content.schema, "")[0].get("items")
        return "message" in (follow(self._document, element, "")[0] or {}).get("required", ())

    @cached_property
    def entry_details(self) -> bool:
        """Whether the `details` of a bulk entry are objects with a message rather than strings."""
        node = self.shape(self.success).names.get("details")
        return bool(shape_of(self._document, node).names) if node else False

    def check_item(self, item: Any) -> None:
        """Raise the 400 of the document for one element of a body."""
        if self._item_validator is None or self._item_validator.is_valid(item):
            return
        violation = first_violation(self._item_validator, item)
        if violation is not None:
            raise self._refuse(violation)

    def check_payload(self, body: Any) -> None:
        """Raise the 400 for no body at all where an empty object would not do either."""
        content = _json(self._operation.body)
        if body is not None or content is None or content.schema is None:
            return
        if not self._schemas.validator(content.pointer).is_valid({}):
            error = self._refuse(Violation("", "payload", "Empty payload was sent"))
            error.rule = "engine/payload-required"
            raise error

    def check_document(self, document: Any) -> None:
        """Raise the 400 of the document for what GET on the same path could not answer."""
        if self._read_validator is None or self._read_validator.is_valid(document):
            return
        violation = first_violation(self._read_validator, document)
        if violation is not None:
            error = self._refuse(violation)
            error.rule = "engine/patched-document"
            raise error

    @cached_property
    def _read_validator(self) -> Any:
        if "get" not in self._document["paths"][self.path]:
            return None
        reader = operation(self._document, self._operation.service, "get", self.path)
        content = _json(reader.responses.get(reader.success) or {})
        if content is None or content.schema is None:
            return None
        node, pointer = follow(self._document, content.schema, content.pointer)
        return self._schemas.validator(f"{pointer}/items" if "items" in node else pointer)

    @cached_property
    def _item_validator(self) -> Any:
        content = _json(self._operation.body)
        if content is None or content.schema is None:
            return None
        node, pointer = follow(self._document, content.schema, content.pointer)
        return self._schemas.validator(f"{pointer}/items") if "items" in node else None


class Nothing(Facts):
    """For code that runs outside any operation: reactions to events, and tests."""

    def __init__(self) -> None:
        self._shapes = {}
        self.parameters = self.unasked = frozenset()
        self.filters = {}
        self.writable = None
        self.upsert = self.reads = self.windowed = self.cursors = False
        self.paged = True
        self.body = NO_BODY
        self.patch_operations = frozenset()

    def documents(self, status: int) -> bool:
        """Every status."""
        del status
        return True

    def shape(self, status: int) -> Shape:
        """No body."""
        del status
        return NO_BODY

    def check_item(self, item: Any) -> None:
        """Nothing is refused."""

    def check_document(self, document: Any) -> None:
        """Nothing is refused."""

    def check_payload(self, body: Any) -> None:
        """Nothing is refused."""


NO_FACTS: Final = Nothing()


def _json(contents: Mapping[str, Content]) -> Content | None:
    for media, content in contents.items():
        if media.split(";", 1)[0].strip().endswith(("/json", "+json", ":json")):
            return content
    return next(iter(contents.values()), None)


def _spellings(document: Mapping[str, Any], schema: Any) -> Iterator[str]:
    """The values that a schema lists, also in its alternatives."""
    node = follow(document, schema, "")[0]
    if isinstance(node, dict):
        yield from node.get("enum") or ()
        for word in ("allOf", "oneOf", "anyOf"):
            for part in node.get(word) or ():
                yield from _spellings(document, part)
