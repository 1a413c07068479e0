"""Indexing service: search providers, and jobs that index everything again.

The mock has no search engine behind it: a job walks through its states on the world's clock and counts
what there is.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, jobs
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import PARENT, Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

BATTERY, PRODUCT = "BATTERY_INCLUDED", "PRODUCT"
COUNTED = {PRODUCT: ("product-service", "products"), "ORDER": ("order", "orders")}
OPEN = ("PENDING", "IN_PROGRESS", "PUBLISHED")
AT_ONCE = 2
SECOND = timedelta(seconds=1)
PATH = re.compile(r"[\w*-]+(\.[\w*-]+)*")

service = Service("indexing-service")

EXISTS = service.rule("provider-exists", 400, source="indexing document lists no 409 [choice]")
OTHER = service.rule("provider-is-fixed", 400, source="the provider is the id [choice]")
MIXIN_PATHS = service.rule("mixin-paths", 400, source="configuration facts 6, Config")
ENTITY_TYPE = service.rule("entity-type", 400, source="configuration facts 6, entityType and rag")

UNPROVIDED = service.switch(
    "reindex-without-provider",
    "succeeds",
    "fails",
    about="how a reindex job ends while no provider is active",
    source="undocumented",
)


def missing(provider: str) -> EmporixError:
    """404 for a provider that is not set up."""
    return NotFound(f"The provider {provider} is not supported.")


def _refused(rule: Rule, text: str) -> EmporixError:
    return rule(SEE_DETAILS, details=[text])


# Providers.


def _prepare(_ctx: RequestContext, state: State, new: Document, _old: Document | None) -> None:
    excluded, included = new.get("excludedMixinKeys"), new.get("includedMixinPaths")
    if new["provider"] != BATTERY and (excluded or included):
        raise _refused(MIXIN_PATHS, f"Mixins can be chosen for the provider {BATTERY} only")
    if included and excluded:
        raise _refused(MIXIN_PATHS, "excludedMixinKeys and includedMixinPaths exclude each other")
    bad = next((path for path in included or () if not PATH.fullmatch(path)), None)
    if bad is not None:
        raise _refused(MIXIN_PATHS, f"'{bad}' is no path of mixins")
    new.setdefault("active", False)
    if new["active"]:
        configs = state.collection("configurations")
        for other in configs.find("active", value=True):
            if other != new["provider"]:
                configs.put(other, {**(configs.get(other) or {}), "active": False})


CONFIGS = service.resource(
    Resource(
        path="/indexing/{tenant}/configurations",
        collection="configurations",
        key="provider",
        new_id="given",
        version=None,
        prepare=_prepare,
        missing=missing,
        duplicate=lambda provider: EXISTS(f"The provider {provider} is set up already."),
    )
)


@service.operation("PUT-indexing-update-config")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace the set-up of a provider."""
    ctx.about.check_payload(ctx.body)
    if ctx.body["provider"] != ctx.path["provider"]:
        raise _refused(OTHER, "The provider of the body is not that of the path")
    crud.replace(CONFIGS, ctx, state, ctx.path["provider"], crud.accepted(ctx, CONFIGS), upsert=False)
    return Result(204)


PUBLIC = ("provider", "active", "searchKey", "applicationId", "indexName")


def _public(config: Document) -> Document:
    return {name: config[name] for name in PUBLIC if name in config}


@service.operation("GET-indexing-list-public-configs")
def list_public(_ctx: RequestContext, state: State) -> list[Document]:
    """What a storefront may know of every provider."""
    return [_public(config) for config in state.collection(CONFIGS.collection).scan()]


@service.operation("GET-indexing-retrieve-public-config")
def read_public(ctx: RequestContext, state: State) -> Document:
    """What a storefront may know of a provider."""
    return _public(crud.read(CONFIGS, ctx, state, ctx.path["provider"]))


# Jobs.

JOBS = service.resource(
    Resource(path="/indexing/{tenant}/reindex-jobs", collection="jobs", metadata="times", lock="ignored")
)


@service.operation("POST-indexing-reindex")
def reindex(ctx: RequestContext, state: State) -> Result:
    """All products again."""
    ctx.about.check_payload(ctx.body)
    if _running(state, PRODUCT) is None:
        _start(ctx, state, PRODUCT)
    return Result(204)


@service.operation("POST-indexing-reindex-jobs")
def start(ctx: RequestContext, state: State) -> Result:
    """A new job, or the one that is running for the kind of entity."""
    ctx.about.check_payload(ctx.body)
    kind = ctx.body["entityType"]
    if kind not in COUNTED and kind not in state.world.state("schema").collection("types"):
        raise _refused(ENTITY_TYPE, f"'{kind}' is neither PRODUCT nor ORDER nor a custom type")
    if ctx.body.get("rag") and kind != PRODUCT:
        raise _refused(ENTITY_TYPE, "rag is for PRODUCT only")
    running = _running(state, kind)
    return Result(200, running) if running is not None else Result(201, _start(ctx, state, kind))


def _running(state: State, kind: str) -> Document | None:
    documents = state.collection(JOBS.collection)
    found = (documents.get(key) or {} for key in documents.find("entityType", kind))
    return next((job for job in found if job["status"] in OPEN), None)


def _start(ctx: RequestContext, state: State, kind: str) -> Document:
    now = state.timestamp()
    job: Document = {
        "id": state.ids.object_id(),
        "entityType": kind,
        "status": "PENDING",
        "expectedCount": _count(state, kind),
        "processedCount": 0,
        "metadata": {"createdAt": now, "modifiedAt": now},
    }
    state.collection(JOBS.collection).put(job["id"], job)
    jobs.later(ctx, state, "go-on", 1, job=job["id"])
    return job


def _count(state: State, kind: str) -> int:
    if kind in COUNTED:
        owner, name = COUNTED[kind]
        return len(state.world.state(owner).collection(name))
    return len(state.world.state("schema").collection("instances").find(PARENT, kind))


@service.step("go-on")
def go_on(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """The next state of a job; one that waits for others stays where it is."""
    documents = state.collection(JOBS.collection)
    job = documents.get(payload["job"])
    if job is None or job["status"] not in OPEN:
        return
    if job["status"] == "PENDING" and len(documents.find("status", "IN_PROGRESS")) >= AT_ONCE:
        jobs.at(state, "go-on", at + SECOND, job=job["id"])
        return
    job |= _next(ctx, state, job)
    job["metadata"]["modifiedAt"] = jobs.stamp(at)
    documents.put(job["id"], job)
    if job["status"] in OPEN:
        jobs.later(ctx, state, "go-on", 1, since=at, job=job["id"])


def _next(ctx: RequestContext, state: State, job: Document) -> Document:
    expected = job["expectedCount"]
    if job["status"] == "PENDING":
        return {"status": "IN_PROGRESS", "processedCount": expected // 2}
    if (
        not state.collection(CONFIGS.collection).find("active", value=True)
        and ctx.switch(UNPROVIDED) == "fails"
    ):
        return {"status": "FAILURE", "message": "No search provider is active"}
    if job["status"] == "IN_PROGRESS":
        return {"status": "PUBLISHED", "processedCount": expected}
    return {"status": "SUCCESS", "processedCount": expected}
