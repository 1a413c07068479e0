"""The fee service's rules, choices and resources. "Fee facts" are checkout facts, section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

YRN = "urn:yaas:saasag:fee:id:{tenant};{id}"
PAGE_SIZE = 16
ALWAYS = ("name", "code", "feeType", "active", "siteCode")
"""What every fee has; the document cannot say it of an update, which may be a partial one."""

service = Service("fee")

DUPLICATE_CODE = service.rule("duplicate-code", 409, source="fee facts, errors", type="conflict_resource")
DUPLICATE_ITEM = service.rule(
    "duplicate-item",
    409,
    source="fee document, 409 of creating an item fee [choice]",
    type="conflict_resource",
)
INCOMPLETE = service.rule(
    "incomplete-fee",
    400,
    source="fee document: a value by feeType; fee facts: taxCode of taxable fees",
    type="validation_violation",
)
NOT_ADDED = service.rule("fees-not-added", 400, source="fee facts, errors", type="application/json")
ITEM_SITE = service.switch(
    "item-put-site",
    "fee-site",
    "main",
    about="which site PUT of an item's fees is for, which has no parameter that says it",
    source="undocumented; the refusal names a site, and each fee belongs to one",
)


def _complete(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    del old
    value = "feePercentage" if new.get("feeType") == "PERCENT" else "feeAbsolute"
    needed = [*ALWAYS, value, *(["taxCode"] if new.get("taxable") else [])]
    lacking = [name for name in needed if new.get(name) in (None, "")]
    if lacking:
        raise INCOMPLETE(
            CONSTRAINTS,
            details=[Detail(f"{name} must not be null", name, "missing_field") for name in lacking],
        )
    code, documents = new["code"], state.collection("fees")
    if any(key != new["id"] for key in documents.find("code", code)):
        raise DUPLICATE_CODE(
            "FeeCode does already exist.",
            details=[Detail(f"Duplicate FeeCode '{code}' on tenant '{ctx.tenant}", "code", "conflict")],
        )


FEES = service.resource(
    Resource(
        path="/fee/{tenant}/fees",
        collection="fees",
        version=None,
        page_size=PAGE_SIZE,
        yrn=YRN,
        localized=("name", "description"),
        prepare=_complete,
        present=lambda ctx, _state, fee: {**fee, "yrn": YRN.format(tenant=ctx.tenant, id=fee["id"])},
        duplicate=lambda key: DUPLICATE_ITEM(f"A fee with id '{key}' already exists."),
    )
)
ITEM_FEES = service.resource(
    Resource(path="/fee/{tenant}/itemFees", collection="itemFees", version=None, page_size=PAGE_SIZE, yrn=YRN)
)
service.collection(FEES.collection, schema="GET-fee-list-all-fees")
service.collection(ITEM_FEES.collection, references={"feeIds": "fee/fees"})


def missing_fee(ctx: RequestContext, fee_id: str) -> EmporixError:
    """404 for an id that no fee has, or none of the item."""
    text = f"Could not find a fee with id '{fee_id}' on tenant '{ctx.tenant}'"
    return NotFound(
        "Fee Not Found.", type="application/json", details=[Detail(text, "", "resource_not_found")]
    )


def not_added(fee_ids: Iterable[str], item_yrn: str, site: str) -> EmporixError:
    """400 for fees that the site does not have."""
    listed = ", ".join(fee_ids)
    text = f"These fees '[{listed}]' can not be added to itemYRN '{item_yrn}' and site '{site}'"
    return NOT_ADDED("Fees Not Added", details=[Detail(text, "", "")])


def stored_yrn(ctx: RequestContext, yrn: str) -> str:
    """The stored form of an item's name."""
    return yrn.replace(f":{ctx.tenant};", ":{tenant};")


def shown_yrn(ctx: RequestContext, yrn: str) -> str:
    """The name of an item in its wire form."""
    return yrn.replace(":{tenant};", f":{ctx.tenant};")


def payload(ctx: RequestContext) -> Document:
    """The body; 400 where there is none."""
    ctx.about.check_payload(ctx.body)
    body: Document = ctx.body
    return body
