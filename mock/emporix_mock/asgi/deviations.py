"""Where the stub departs from Connexion on purpose: one list, each entry as narrow as it can be said.

A difference between the two paths that no entry covers is a defect of one of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from emporix_mock.store.tokens import RESTRICTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.asgi.plan import Plan


@dataclass(frozen=True, slots=True)
class Request:
    """What went in: `target` is path and query as on the wire, header names are lower case.

    `scopes` are those of the token.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    scopes: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The path as on the wire."""
        return self.target.partition("?")[0]

    @property
    def media_type(self) -> str:
        """The media type without parameters, empty when none was sent."""
        return dict(self.headers).get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure. `covers` decides on plan, request, our answer and Connexion's."""

    id: str
    reason: str
    covers: Callable[[Plan, Request, Answer, Answer], bool]


def deviation_of(plan: Plan, request: Request, ours: Answer, theirs: Answer) -> Deviation | None:
    """The entry that explains a difference; None when there is none."""
    return next((d for d in DEVIATIONS if d.covers(plan, request, ours, theirs)), None)


def _trailing_slash(_plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    return request.path.endswith("/") and theirs.status == 307


def _escaped_slash(_plan: Plan, request: Request, _ours: Answer, _theirs: Answer) -> bool:
    return "%2f" in request.path.lower()


def _method_last(_plan: Plan, _request: Request, ours: Answer, theirs: Answer) -> bool:
    return theirs.status == 405 and ours.status in (400, 401)


def _restricted_scope(plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    held = {scope.partition(RESTRICTED)[0] for scope in request.scopes if RESTRICTED in scope}
    return theirs.status == 403 and ours != theirs and not held.isdisjoint(plan.scopes)


def _absent_body(plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    optional = bool(plan.bodies) and not plan.operation.body_required
    return not request.body and optional and theirs.status == 400 and ours.status != 415


def _chunked_body(plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    chunked = "transfer-encoding" in dict(request.headers)
    return chunked and plan.operation.body_required and theirs.status == 400


def _untyped_body(plan: Plan, request: Request, _ours: Answer, _theirs: Answer) -> bool:
    return bool(request.body) and bool(plan.bodies) and not request.media_type


def _letter_case(plan: Plan, request: Request, _ours: Answer, _theirs: Answer) -> bool:
    media = request.media_type
    return media != media.lower() and media.lower() in plan.bodies


def _any_media_type(_plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    return request.media_type == "*/*" and theirs.status == 415 and ours.status != 415


def _further_media_type(plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    media = request.media_type.lower()
    return media in plan.bodies and media not in plan.operation.body and theirs.status == 415


def _typed_header(plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    typed = {p.name for p in plan.headers if p.convert is not None or p.array}
    return theirs.status == 400 and not typed.isdisjoint(name for name, _ in request.headers)


def _parameter_format(plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    formats = {p.name for p in plan.operation.parameters if "format" in p.schema}
    asked = {name for name, _ in parse_qsl(request.target.partition("?")[2], keep_blank_values=True)}
    return ours.status == 400 != theirs.status and not formats.isdisjoint(asked)


def _empty_list(plan: Plan, request: Request, _ours: Answer, _theirs: Answer) -> bool:
    lists = {p.name for p in plan.query if p.array}
    asked = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
    return any(name in lists and "" in text.split(",") for name, text in asked)


def _projected(_plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    asked = {name for name, _ in parse_qsl(request.target.partition("?")[2])}
    return "fields" in asked and ours.status == 200 and theirs.status == 500


def _null_body(_plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    return request.body.strip() == b"null" and theirs.status == 400


def _not_text(_plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return (ours.status, theirs.status) == (400, 500)
    return False


def _not_a_number(_plan: Plan, request: Request, ours: Answer, _theirs: Answer) -> bool:
    return ours.status == 400 and _value(request.body) is None and _value(request.body, lax=True) is not None


def _malformed_wording(_plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    malformed = bool(request.body) and _value(request.body, lax=True) is None
    return malformed and (ours.status, theirs.status) == (400, 400)


def _violation_wording(_plan: Plan, _request: Request, ours: Answer, theirs: Answer) -> bool:
    if (ours.status, theirs.status) != (400, 400):
        return False
    return bool(_unworded(_value(ours.body)) == _unworded(_value(theirs.body)))


def _unworded(body: Any) -> Any:
    """A refusal without what it says about the value at fault; some services list nothing else."""
    if isinstance(body, list):
        return [_unworded(entry) for entry in body]
    if isinstance(body, dict):
        return {key: _unworded(part) for key, part in body.items() if key not in WORDS}
    return body


def _multipart(_plan: Plan, request: Request, ours: Answer, theirs: Answer) -> bool:
    return request.media_type == "multipart/form-data" and theirs.status in (400, 500) and ours.status < 500


def _items_one_by_one(plan: Plan, _request: Request, _ours: Answer, theirs: Answer) -> bool:
    return plan.per_item and theirs.status == 400


def _media_type_first(_plan: Plan, _request: Request, ours: Answer, theirs: Answer) -> bool:
    return (ours.status, theirs.status) == (415, 400)


def _value(body: bytes, *, lax: bool = False) -> Any:
    """The JSON value of a body; None when it is none, by the strict reader or by Python's."""
    try:
        return json.loads(body) if lax else orjson.loads(body)
    except ValueError:
        return None


WORDS = frozenset({"details", "message", "messageTemplate", "path"})

DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        "trailing-slash",
        "Clients join base addresses carelessly and few follow a redirect of a POST; we serve the path.",
        _trailing_slash,
    ),
    Deviation(
        "escaped-slash",
        "Ids may hold a slash (client-quirks); Connexion routes on the decoded path and loses it.",
        _escaped_slash,
    ),
    Deviation(
        "method-after-token",
        "The gateway looks at token and tenant before anything knows the methods of a path (conventions 1).",
        _method_last,
    ),
    Deviation(
        "restricted-scope",
        "A scope held for a restriction (`order.order_manage--DE`) opens the operation; Connexion compares"
        " names as a whole.",
        _restricted_scope,
    ),
    Deviation(
        "absent-optional-body",
        "A body that the document does not require may be left out; Connexion refuses an empty one.",
        _absent_body,
    ),
    Deviation(
        "chunked-body",
        "A body without announced length is a body; Connexion takes it for absent where one is required.",
        _chunked_body,
    ),
    Deviation(
        "untyped-body",
        "A body without media type is read as the first documented one; Connexion lets it pass unchecked,"
        " as bytes.",
        _untyped_body,
    ),
    Deviation(
        "media-type-case",
        "Media types have no case; Connexion takes one in capitals but neither decodes nor checks the body.",
        _letter_case,
    ),
    Deviation(
        "any-media-type",
        "`*/*` as a content type says nothing, so it is taken like none.",
        _any_media_type,
    ),
    Deviation(
        "further-media-type",
        "Service files take media types that clients send although no document lists them.",
        _further_media_type,
    ),
    Deviation(
        "typed-header",
        "Headers of type boolean (`X-Total-Count`) or number are converted like any other parameter;"
        " Connexion compares the text with the type and refuses every value.",
        _typed_header,
    ),
    Deviation(
        "parameter-format",
        "Formats of parameters are checked by the engine that checks bodies and contract runs; Connexion's"
        " does not know `date`, `uuid` and others that draft 4 did not name.",
        _parameter_format,
    ),
    Deviation(
        "empty-list",
        "A list parameter without text has no elements; Connexion reads one that is empty.",
        _empty_list,
    ),
    Deviation(
        "projected-answer",
        "An answer cut down by `fields` may lack what its schema requires: that was asked for.",
        _projected,
    ),
    Deviation(
        "null-body",
        "`null` is a value that the schema accepts or refuses; Connexion takes it for an absent body.",
        _null_body,
    ),
    Deviation(
        "body-not-text",
        "Bytes that are no UTF-8 are a malformed body, not a defect of the server.",
        _not_text,
    ),
    Deviation(
        "not-a-number",
        "`NaN` and `Infinity` are no JSON (RFC 8259), though Python's reader takes them.",
        _not_a_number,
    ),
    Deviation(
        "malformed-wording",
        "Another reader of JSON says in other words what is wrong with a malformed body.",
        _malformed_wording,
    ),
    Deviation(
        "multipart",
        "Handlers read the parts of a form themselves; Connexion takes no JSON part, wants every documented"
        " one and fails on a body that is no form.",
        _multipart,
    ),
    Deviation(
        "items-one-by-one",
        "Where a service file says so, the elements of a bulk body are checked one by one and refused each"
        " for itself (207); Connexion refuses the whole body.",
        _items_one_by_one,
    ),
    Deviation(
        "media-type-first",
        "A body that is not understood is refused before parameters are looked at (conventions 1).",
        _media_type_first,
    ),
    Deviation(
        "violation-wording",
        "Of several things wrong the two paths may name different ones, and parameters are checked by other"
        " libraries that word it differently; the rest of the answer is the same.",
        _violation_wording,
    ),
)
