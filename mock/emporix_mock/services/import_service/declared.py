"""The import service's collections, rules and configurations, which only a seed can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

PAGE = 20
RUNS, PROGRESS, SOURCES, SCHEDULES = "runs", "runStreams", "sources", "schedules"
RECORDS, ERRORS = "records", "errors"

service = Service("import-service")

ACTIVE = service.rule("run-active", 409, source="import document, 409 example", type="conflict")
DISABLED = service.rule("config-disabled", 409, source="undocumented [choice]", type="conflict")
NO_RUN_ID = service.rule("run-id", 400, source="import document: run ids are UUIDs")
OTHER_SCHEDULE = service.rule("other-schedule", 400, source="a body that names another schedule [choice]")
BAD_SCHEDULE = service.rule("schedule", 400, source="configuration facts 9, schedule [status: choice]")


def missing(_key: str) -> EmporixError:
    """404 in the words of the service."""
    return NotFound(
        body={
            "status": "element_resource_non_existing",
            "code": 404,
            "message": "The requested resource does not exist.",
        }
    )


def _with_tenant(ctx: RequestContext, _state: State, document: Document) -> Document:
    return {**document, "tenant": ctx.tenant}


CONFIGS = service.resource(
    Resource(
        path="/importtool/{tenant}/configs",
        collection="configs",
        version=None,
        present=_with_tenant,
        missing=missing,
    )
)
STREAMS = service.resource(
    Resource(
        path="/importtool/{tenant}/configs/{configId}/streams",
        collection="streams",
        version=None,
        from_path={"configId": "configId"},
        operations={"GET-importtool-get-stream": "read"},
        missing=missing,
    )
)

service.collection("configs", new_id="uuid", times=("createdAt", "updatedAt"), computed=("tenant",))
service.collection("streams", new_id="uuid", references={"configId": "import-service/configs"})
service.collection(SCHEDULES, key="configId", new_id="given", times=(), computed=("nextFireAt",))
service.collection(SOURCES, new_id="given", times=())
service.collection(PROGRESS, new_id="uuid", times=())


def config_of(ctx: RequestContext, state: State) -> Document:
    """The configuration that the path names. Raises its 404."""
    return crud.read(CONFIGS, ctx, state, ctx.path["configId"])


@service.operation("GET-importtool-list-streams")
def list_streams(ctx: RequestContext, state: State) -> Result:
    """The streams of a configuration."""
    config_of(ctx, state)
    return crud.listing(STREAMS, ctx, state)


def streams_of(state: State, config: str) -> list[Document]:
    """The streams of a configuration in order."""
    streams = state.collection(STREAMS.collection)
    return [stream for key in streams.among("configId", (config,)) if (stream := streams.get(key))]
