"""The category service's rules, choices, error bodies and stored collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine.service import Service
from emporix_mock.errors import BadRequest, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule

READ_UNPUBLISHED = "category.category_read_unpublished"
PUBLISH, UNPUBLISH = "category.category_publish", "category.category_unpublish"
CONSTRAINT = "Constraint validation failed"
ROOT = "root"

service = Service("category-tree")

HIDDEN = service.rule("unpublished-needs-scope", 403, source="category document, 403 example of listing")
PUBLISHING = service.rule("publish-needs-scope", 403, source="category document, scope notes of the writes")
PUBLISH_FLAG = service.rule(
    "publish-parameter", 400, source="category document: publish has to match the body [status: choice]"
)
SLUG = service.rule("slug-language", 400, source="category document, 400 example of creating")
SORT_LANGUAGE = service.rule(
    "sort-language", 400, source="category document, sort: the language is one that is accepted"
)
PARENT = service.rule(
    "parent", 400, source="category document: a parent exists and has the same type [status: choice]"
)
CYCLE = service.rule("cycle", 400, source="a category cannot stand below itself [choice]")
CODE = service.rule(
    "code-required", 400, source="category guide: CLASSIFICATION needs a code [status: choice]"
)
ROOT_KEPT = service.rule("root-with-children", 400, source="category document, 400 example of deleting")
ECN = service.rule("duplicate-ecn", 409, source="category document, 409 example of creating")
DUPLICATE = service.rule(
    "duplicate-id", 409, source="category document: ids are given once [wording: choice]"
)
UNKNOWN_PRODUCT = service.rule(
    "unknown-product", 400, source="configuration key enableProductCategoryAssignmentValidation"
)

PUBLISH_PARAMETER = service.switch(
    "publish-parameter",
    "match",
    "ignore",
    about="a write whose parameter publish (false when absent) differs from `published` in the body",
    source="the document says it must match; what happens otherwise it does not say",
)
DELETED_PRODUCT = service.switch(
    "deleted-product",
    "unassigned",
    "kept",
    about="the assignments of a product that is deleted",
    source="undocumented; an assignment of nothing has no name to show",
)

service.collection(
    "assignments",
    key="id",
    new_id="uuid",
    times=("createdAt",),
    references={"categoryId": "category-tree/categories"},
)


def refusal(rule: Rule, message: str, *details: str) -> EmporixError:
    """A refusal with plain details, as all of this service's but one are."""
    status = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}[rule.status]
    return rule(body={"code": rule.status, "status": status, "message": message, "details": list(details)})


def absent(own: str, message: str, detail: str) -> EmporixError:
    """A 404 in the form of the category document's examples."""
    body: dict[str, Any] = {"resourceId": own, "code": 404, "status": "Not Found", "message": message}
    return NotFound(body={**body, "details": [detail]})


def missing(category_id: str) -> EmporixError:
    """404 for an id that no category has, or none that the caller sees."""
    return absent(category_id, "Error while getting category", f"Category with id '{category_id}' not found")


def constraint(detail: str) -> EmporixError:
    """400 without a rule of its own."""
    return BadRequest(
        body={"code": 400, "status": "Bad Request", "message": CONSTRAINT, "details": [detail]},
        rule="engine/constraint",
    )


def need_scope(rule: Rule, ctx: RequestContext, scope: str) -> None:
    """Raise 403 unless the caller holds the scope."""
    if not ctx.caller().may(scope):
        raise refusal(rule, "You need a scope for this action.", f"Required scope(s): {scope}")


def unpublished(ctx: RequestContext) -> bool:
    """Whether this request is to show unpublished categories. Raises 403 when it may not."""
    if not ctx.query.get("showUnpublished"):
        return False
    need_scope(HIDDEN, ctx, READ_UNPUBLISHED)
    return True
