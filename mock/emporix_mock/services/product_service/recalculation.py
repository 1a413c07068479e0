"""Recalculation jobs: they bring the trees of dynamic variants up to date.

The trees are right as soon as the job is taken in; its states then follow the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.engine.jobs import stamp
from emporix_mock.errors import NotFound
from emporix_mock.services.product_service import dynamic
from emporix_mock.services.product_service.declared import COLLECTION, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

JOBS = "recalculationJobs"
WAITING, RUNNING, KEPT = timedelta(seconds=1), timedelta(seconds=2), timedelta(days=30)
OPEN = ("PENDING", "PROCESSING")


@service.operation("POST-product-trigger-dynamic-variant-recalculation")
def trigger(ctx: RequestContext, state: State) -> Result:
    """One job per tree of the products named; a tree that has an open job gets no second one."""
    jobs: dict[str, Document] = {}
    skipped: list[str] = []
    running = {job["parentRoot"]: job for job in _jobs(state) if job["status"] in OPEN}
    for own in ctx.body["productIds"]:
        product = state.collection(COLLECTION).get(own)
        root = dynamic.root_of(state, product) if product else None
        if root is None or root["productType"] != dynamic.DYNAMIC:
            skipped.append(own)
        elif root["id"] in running:
            skipped.append(own)
            jobs[root["id"]] = running[root["id"]]
        elif root["id"] in jobs:
            jobs[root["id"]]["requestedByIds"].append(own)
        else:
            jobs[root["id"]] = _job(state, root["id"], own)
    for root_id, job in jobs.items():
        if root_id not in running:
            state.collection(JOBS).put(job["id"], job)
            dynamic.rebuild(state, state.collection(COLLECTION).get(root_id) or {})
    return Result(202, {"jobs": list(jobs.values()), "skippedProductIds": skipped})


def _job(state: State, root: str, own: str) -> Document:
    return {
        "id": f"job-{state.ids.uuid()}",
        "parentRoot": root,
        "requestedByIds": [own],
        "status": "PENDING",
        "createdAt": state.timestamp(),
        "processingStartedAt": None,
        "finishedAt": None,
        "error": None,
        "attempts": 0,
    }


def _jobs(state: State) -> list[Document]:
    found = (_now(state, job) for job in state.collection(JOBS).scan())
    return [job for job in found if state.now() - _moment(job["createdAt"]) < KEPT]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _now(state: State, job: Document) -> Document:
    """A job as far as the clock has brought it."""
    created = _moment(job["createdAt"])
    if state.now() >= created + WAITING:
        job |= {"status": "PROCESSING", "processingStartedAt": stamp(created + WAITING), "attempts": 1}
    if state.now() >= created + RUNNING:
        job |= {"status": "FINISHED", "finishedAt": stamp(created + RUNNING)}
    return job


@service.operation("GET-product-list-recalculation-jobs")
def list_jobs(ctx: RequestContext, state: State) -> list[Document]:
    """The jobs of the last thirty days, those in one state on request."""
    status = ctx.query.get("status")
    return [job for job in _jobs(state) if status in (None, job["status"])]


@service.operation("GET-product-get-recalculation-job")
def read_job(ctx: RequestContext, state: State) -> Document:
    """One job."""
    own = ctx.path["jobId"]
    found = next((job for job in _jobs(state) if job["id"] == own), None)
    if found is None:
        raise NotFound(f"The recalculation job with id {own} has not been found.")
    return found
