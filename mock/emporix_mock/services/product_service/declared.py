"""The product service's rules, choices and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import FORBIDDEN, SEE_DETAILS
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule

READ_UNPUBLISHED = "product.product_read_unpublished"
MANAGE = "product.product_manage"
OF_VENDOR = ("product.product_read_by_vendor", "product.product_manage_by_vendor")
PUBLISH, UNPUBLISH = "product.product_publish", "product.product_unpublish"
COLLECTION = "products"

service = Service("product-service")

INVALID = service.rule("invalid-product", 400, source="product document, 400 example: what a type requires")
BUNDLE = service.rule("bundle", 400, source="product guide: two existing products at least [status: choice]")
RELATED = service.rule("related-item", 400, source="product document, relatedItems.refId [status: choice]")
TAX = service.rule("tax-class", 400, source="client-quirks 56: countries without tax configuration")
VARIANT = service.rule(
    "variant", 400, source="product guide: parents, choices and levels of variants [status: choice]"
)
HAS_CHILDREN = service.rule(
    "has-children", 400, source="product document: children go with `force` only [status: choice]"
)
TEMPLATE = service.rule("template", 400, source="product guide: attributes of templates [status: choice]")
TEMPLATE_USED = service.rule(
    "template-in-use", 400, source="product document: only unused templates go [status: choice]"
)
PUBLISHING = service.rule("publish-needs-scope", 403, source="product document, scope notes of the writes")
DUPLICATE = service.rule("duplicate", 409, source="product document, 409 of creating")
NO_MEDIA = service.rule("no-media", 400, source="choice: old media of a product are a url or a file")
STALE = service.rule("stale-version", 409, source="product document, 409 example")

TAX_COUNTRIES = service.switch(
    "tax-countries",
    "checked",
    "any",
    about="a product with tax classes for a country without tax configuration",
    source="client-quirks 56: refused; the document does not say it",
)
UNNAMED_LANGUAGE = service.switch(
    "absent-language",
    "map",
    "default",
    about="texts read without Accept-Language: all languages, or the text in the tenant's default one",
    source="measured: all languages; the document says the default one (conventions, sections 8.1 and 16)",
)
REMOVED_CHOICE = service.switch(
    "removed-choice",
    "kept",
    "deleted",
    about="variants whose choice of attributes their parent does not offer any more",
    source="undocumented; the guide only adds",
)


def missing(product_id: str) -> EmporixError:
    """404 in the words of the product document."""
    return NotFound(f"The product with id {product_id} has not been found.", extra={"productId": product_id})


def missing_template(template_id: str) -> EmporixError:
    """404 for a template that is not there, read or referred to."""
    return NotFound(f"Product template with id {template_id} is not present in the database.")


def duplicate(_own: str) -> EmporixError:
    """409 for an id or a code that is taken."""
    return DUPLICATE("Conflict - a resource with given code or id has already exist.")


def stale(_own: str) -> EmporixError:
    """409 for an update of an outdated version."""
    return STALE(
        "The resource that was requested for update has changed. "
        "Please retry your request with valid version."
    )


def refusal(rule: Rule, detail: str) -> EmporixError:
    """400 whose details say what is wrong, in the form of the product document's examples."""
    body = {"code": 400, "status": "Bad Request", "message": SEE_DETAILS, "details": [{"message": detail}]}
    return rule(SEE_DETAILS, details=[detail], body=body)


def invalid() -> EmporixError:
    """400 for a body that lacks what its product type requires."""
    return INVALID("Validation problem with request body.")


def need_scope(ctx: RequestContext, scope: str) -> None:
    """Raise 403 unless the caller holds the scope."""
    if not ctx.caller().may(scope):
        raise PUBLISHING(FORBIDDEN)
