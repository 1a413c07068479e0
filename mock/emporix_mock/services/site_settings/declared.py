"""The site settings service's rules, choices, error bodies and what happens at every write of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import mixins
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import BadRequest, EmporixError, NotFound
from emporix_mock.rules.sites import DEFAULTS, REQUIRED, expansion, is_time_zone, mixin_fault, settled, shown

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MANAGE = "site.site_manage"

service = Service("site-settings-service")

INACTIVE = service.rule(
    "inactive-needs-manage",
    403,
    source="site document, scope notes of reading sites; 403 example",
    type="Forbidden",
)
NO_PAYLOAD = service.rule("missing-payload", 400, source="undocumented: writes need a body [choice]")
REQUIRED_FIELD = service.rule(
    "required-field", 400, source="site document, required fields; a patch may not remove them"
)
CODE_FIXED = service.rule(
    "code-is-fixed", 400, source="site document: the code is set when a site is created [status: choice]"
)
TIME_ZONE = service.rule(
    "time-zone", 400, source="site document, homeBase.timezone: a zone of the IANA database"
)
MIXIN = service.rule("mixin", 400, source="site document, 400 example of creating a mixin")
MIXIN_NAME = service.rule("mixin-name", 400, source="site document, Mixin: a map with a single key")
DEFAULT_NEEDED = service.rule(
    "default-site-needed", 400, source="a tenant has exactly one default site [status: choice]"
)
DEFAULT_KEPT = service.rule(
    "default-site-kept", 400, source="site document: the default site cannot be deleted [status: choice]"
)
DUPLICATE = service.rule(
    "duplicate-code", 409, source="undocumented for sites; as for mixins [choice]", type="conflict_resource"
)
STALE = service.rule(
    "stale-version", 409, source="site document, 409 of updates; body: choice", type="conflict_resource"
)
MIXIN_EXISTS = service.rule(
    "mixin-exists", 409, source="site document, 409 example of creating a mixin", type="conflict_resource"
)

NEW_ACTIVE = service.switch(
    "new-site-active",
    "true",
    "false",
    about="whether a site created without `active` is active",
    source="undocumented",
)
OTHER_CODE = service.switch(
    "changed-code",
    "refuse",
    "ignore",
    about="an update whose body names another code than the path",
    source="undocumented; the code cannot change",
)
SEVERAL_MIXINS = service.switch(
    "several-mixins-in-one-request",
    "accept",
    "refuse",
    about="creating more than one mixin by one request",
    source="the document speaks of a single key; the examples of the site settings guide send two",
)
PATCHED_MIXIN = service.switch(
    "patch-of-absent-standard-mixin",
    "create",
    "not-found",
    about="patching a standard mixin (such as couponSettings) that the site does not have yet",
    source="the document lists 404 for the other operations on a mixin and not for this one; the reward "
    "points guide sets couponSettings by a patch without creating it first",
)


def missing(code: str) -> EmporixError:
    """404 for a code that no site has; exact body of the site document."""
    detail = {"message": f"Couldn't find a site with code '{code}'", "moreInfo": ""}
    return NotFound(
        body={
            "status": 404,
            "type": "application/json",
            "message": "Site not Found",
            "moreInfo": "",
            "details": [detail],
        }
    )


def invalid(rule: Rule, field: str, message: str, kind: str = "invalid_field") -> EmporixError:
    """400 that names the field at fault, in the form of the site document's example."""
    detail = {"field": field, "type": kind, "message": message, "moreInfo": ""}
    return rule(
        body={"type": "validation_violation", "status": 400, "message": CONSTRAINTS, "details": [detail]}
    )


def payload(ctx: RequestContext) -> Document:
    """The body of a write. Raises 400 when there is none."""
    if ctx.body is None:
        raise invalid(NO_PAYLOAD, "", "Empty payload was sent", "missing_payload")
    body: Document = ctx.body
    return body


def may_manage(ctx: RequestContext) -> bool:
    """Whether the caller holds the scope that changing sites takes."""
    return ctx.caller().may(MANAGE)


def _present(ctx: RequestContext, _state: State, document: Document) -> Document:
    return shown(document, expansion(ctx.query.get("expand")), restricted=may_manage(ctx))


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Refuse what breaks a rule and complete the rest; every write of a site comes through here."""
    for name in REQUIRED:
        if new.get(name) is None:
            raise invalid(REQUIRED_FIELD, name, f"{name} is required", "missing_field")
    zone = new["homeBase"].get("timezone")
    if zone is not None and not is_time_zone(zone):
        raise invalid(TIME_ZONE, "homeBase.timezone", f"'{zone}' is not a valid timezone")
    new["metadata"] = settled(new, old)["metadata"]
    fault = mixin_fault(new)
    if fault is not None:
        raise invalid(MIXIN, *fault)
    for name, value in DEFAULTS.items():
        new.setdefault(name, value)
    new.setdefault("active", old["active"] if old and "active" in old else ctx.switch(NEW_ACTIVE) == "true")
    new["default"] = _one_default(state, new, old)


def _one_default(state: State, new: Document, old: Document | None) -> bool:
    """Whether the site is the default one afterwards; there is always exactly one."""
    was = bool(old and old.get("default"))
    sites = state.collection(SITES.collection)
    others = [code for code in sites.find("default", value=True) if code != new["code"]]
    if new.get("default", was):
        for code in others:
            sites.put(code, {**(sites.get(code) or {}), "default": False})
        return True
    if was and not others:
        raise invalid(DEFAULT_NEEDED, "default", "Make another site the default one instead")
    return not others


def _check_mixins(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    try:
        mixins.check(ctx, state, new, old)
    except BadRequest as error:
        raise invalid(MIXIN, error.details[0].field or "mixins", error.details[0].message) from error


def _after(_ctx: RequestContext, state: State, old: Document | None, new: Document | None) -> None:
    kind = "created" if old is None else "deleted" if new is None else "updated"
    code = (new or old or {})["code"]
    state.emit(f"site.site-{kind}", {"code": code, "tenant": state.tenant})


SITES = service.resource(
    Resource(
        path="/site/{tenant}/sites",
        collection="sites",
        key="code",
        new_id="given",
        version=0,
        page_size=16,
        total_header="X-Count",
        prepare=_prepare,
        present=_present,
        after=_after,
        mixins=_check_mixins,
        missing=missing,
        duplicate=lambda code: DUPLICATE(f"Site {code} already exists"),
        stale=lambda code: STALE(f"Site {code} has changed. Please retry your request with valid version"),
    )
)

service.collection("sites", times=())


def find(ctx: RequestContext, state: State) -> dict[str, Any]:
    """The stored site that the path names. Raises its 404."""
    found: dict[str, Any] | None = state.collection(SITES.collection).get(ctx.path["siteCode"])
    if found is None:
        raise missing(ctx.path["siteCode"])
    return found
