"""The user groups that come with a company: documents of IAM, made and removed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.platform import grants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

_CONTROL: Final = "b71d4e20-3c5f-4a8b-9e02-0000000000{}"
_ORDERS, _ADMIN, _DATA, _APPROVALS = (_CONTROL.format(n) for n in ("02", "11", "12", "13"))

PROVIDED: Final = (
    ("Admin", "B2B_ADMIN", (_ORDERS, _ADMIN, _DATA, _APPROVALS)),
    ("Buyer", "B2B_BUYER", (_ORDERS, _DATA, _APPROVALS)),
    ("Requester", "B2B_REQUESTER", (_ORDERS, _DATA, _APPROVALS)),
    ("Contact", None, (_ORDERS,)),
)
"""Name, role and access controls (identity facts 5; which controls each gets is our choice)."""


def provide(ctx: RequestContext, state: State, company: Mapping[str, Any]) -> list[Document]:
    """Make the groups of a new company; references to them."""
    language = languages_of(state)[0]
    made = []
    for title, code, controls in PROVIDED:
        group: dict[str, Any] = {
            "name": {language: f"{company['name']} {title}"},
            "userType": "CUSTOMER",
            "b2b": {"legalEntityId": company["id"]},
            "accessControls": list(controls),
            "generated": True,
        }
        if code is not None:
            group["code"] = code
        answer = ctx.call("iam", "POST-iam-create-user-group", headers={"content-language": "*"}, body=group)
        made.append({"id": answer.body["id"]})
    return made


def remove(ctx: RequestContext, keys: Iterable[str]) -> None:
    """Remove groups with their members."""
    for key in keys:
        ctx.call("iam", "DELETE-iam-remove-user-group", path={"groupId": key}, query={"forceDelete": True})


def generated(state: State, company: str) -> set[str]:
    """The groups that came with a company and still exist."""
    return {group["id"] for group in grants.groups_of_company(state, company) if group.get("generated")}
