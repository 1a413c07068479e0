"""Where the stub departs from Connexion on purpose: one list, each entry as narrow as it can be said.

A difference between the two paths that no entry covers is a defect of one of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def _escaped_slash(_plan: Plan, request: Request, _ours: Answer, theirs: Answer) -> bool:
    lost = theirs.status == 307 or (theirs.status == 404 and b"No endpoint" in theirs.body)
    return "%2f" in request.path.lower() and lost


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
    left, right = _value(ours.body), _value(theirs.body)
    both = isinstance(left, dict) and isinstance(right, dict)
    return both and left | {"details": 0} == right | {"details": 0}


def _value(body: bytes, *, lax: bool = False) -> Any:
    """The JSON value of a body; None when it is none, by the strict reader or by Python's."""
    try:
        return json.loads(body) if lax else orjson.loads(body)
    except ValueError:
        return None


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
        "violation-wording",
        "Of several things wrong the two paths may name different ones, and parameters are checked by other"
        " libraries that word it differently; the rest of the answer is the same.",
        _violation_wording,
    ),
)
