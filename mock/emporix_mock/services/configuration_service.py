"""Configuration service: settings of the tenant, of its clients, and those shared by all tenants.

A value is any JSON and is read back as it was written; `tenant_settings` reads the stored documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine import crud, mixins
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.tenant_values import decoded, value_of
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Rule
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

MASK = "********"
PLAIN = "application/json"  # what this service writes where others name the kind of an error

service = Service("configuration-service")

DUPLICATE = service.rule("duplicate-key", 409, source="configuration document, 409 example", type=PLAIN)
STALE = service.rule("stale-version", 409, source="configuration facts 1.1 [choice]", type=PLAIN)
ABSENT = service.rule(
    "update-of-absent-key", 400, source="configuration facts 1.1: PUT never creates", type=PLAIN
)
OTHER_KEY = service.rule("other-key", 400, source="configuration document, 400 example", type=PLAIN)
READ_ONLY = service.rule(
    "read-only", 400, source="document, readOnly: no update [status: choice]", type=PLAIN
)
RESTRICTED = service.rule(
    "restricted", 400, source="document, restricted: stays, and stays restricted [status: choice]", type=PLAIN
)
SECURED_TEXT = service.rule(
    "secured-text", 400, source="document, secured: texts only [status: choice]", type=PLAIN
)
SCHEMA_FIXED = service.rule(
    "schema-is-fixed", 400, source="document, schemaUrl: set once [status: choice]", type=PLAIN
)
SCHEMA = service.rule(
    "schema", 400, source="document, schemaUrl: the value follows it [status: choice]", type=PLAIN
)

SECURED = service.switch(
    "secured-values",
    "readable",
    "masked",
    about="how a value with `secured` is answered",
    source="the document says that it is stored encrypted; clients expect the text",
)
JSON_TEXT = service.switch(
    "json-text",
    "kept",
    "decoded",
    about="how a value that is a text holding a JSON object or list is answered",
    source="client-quirks 85: decoded; dashboards decode project_curr and project_lang themselves",
)


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    """Refuse what the flags of a setting forbid; what a full update leaves out of them stays."""
    before = old or {}
    for name in ("secured", "restricted", "schemaUrl"):
        if name in before:
            new.setdefault(name, before[name])
    if new.get("secured") and not isinstance(new["value"], str):
        raise _refused(ctx, SECURED_TEXT, "Only a value of type string can be secured.")
    if before.get("restricted") and not new["restricted"]:
        raise _refused(ctx, RESTRICTED, f"The setting '{new['key']}' is restricted and stays so.")
    if "schemaUrl" in before and new["schemaUrl"] != before["schemaUrl"]:
        raise _refused(ctx, SCHEMA_FIXED, "The schemaUrl cannot be changed.")
    raw = mixins.file_at(state, new["schemaUrl"]) if new.get("schemaUrl") else None
    fault = next(mixins.faults_of(raw, {"value": new["value"]}), None) if raw is not None else None
    if fault is not None:
        raise _refused(ctx, SCHEMA, f"{fault[1]}: [{':'.join(fault[0])}]")


def _present(ctx: RequestContext, _state: State, document: Document) -> Document:
    value = document.get("value")
    if document.get("secured") and ctx.switch(SECURED) == "masked":
        return {**document, "value": MASK}
    if isinstance(value, str) and ctx.switch(JSON_TEXT) == "decoded":
        inner = decoded(value)
        return {**document, "value": inner if isinstance(inner, dict | list) else value}
    return document


def _prepare_tenant(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    _prepare(ctx, state, new, old)
    new.setdefault("secured", False)


def _prepare_client(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    _prepare(ctx, state, new, old)
    new["client"] = ctx.path["client"]
    new["_id"] = f"{ctx.path['client']}_{new['key']}"


TENANT = service.resource(
    Resource(
        path="/configuration/{tenant}/configurations",
        collection="configurations",
        key="key",
        new_id="given",
        metadata="top",
        filters={"keys": ",key"},
        prepare=_prepare_tenant,
        present=_present,
        stale=lambda _key: _stale("Tenant"),
    )
)
CLIENT = service.resource(
    Resource(
        path="/configuration/{tenant}/clients/{client}/configurations",
        collection="clientConfigurations",
        key="key",
        parent="client",
        new_id="given",
        metadata="top",
        version=0,
        filters={"keys": ",key"},
        prepare=_prepare_client,
        present=_present,
        stale=lambda _key: _stale("Client"),
    )
)
service.resource(
    Resource(
        path="/configuration/{tenant}/global-configurations",
        collection="globals",
        key="key",
        new_id="given",
        version=None,
        filters={"keys": ",key"},
    )
)
service.alias(
    "GET",
    "/configuration/{tenant}/basic-configuration",
    "GET-configuration-list-config",
    source="configuration facts 1.4: pick lists of currencies and languages",
)


@service.legacy(
    "GET",
    "/feature-toggle/{tenant}/features/{name}",
    like="GET-configuration-retrieve-config",
    source="services, paths without a spec: answers isEnabled",
)
def feature(ctx: RequestContext, state: State) -> Document:
    """Whether a feature is on: where the setting `feature.<name>` says so."""
    return {"isEnabled": decoded(value_of(state, f"feature.{ctx.path['name']}")) is True}


@service.operation("GET-configuration-list-clients")
def list_clients(_ctx: RequestContext, state: State) -> list[str]:
    """The names of all clients that have a setting."""
    return state.collection(CLIENT.collection).distinct("client")


@service.operation("POST-configuration-create-config")
@service.operation("POST-configuration-create-client-config")
def create(ctx: RequestContext, state: State) -> Result:
    """Store all settings of the list, or none."""
    ctx.about.check_payload(ctx.body)
    resource, made = _resource(ctx), []
    for given in ctx.body:
        if crud.find(resource, ctx, state, given["key"]) is not None:
            raise _refused(ctx, DUPLICATE, _worded(ctx, "duplicate"))
        made.append(crud.create(resource, ctx, state, crud.accepted(ctx, resource, given)))
    return Result(201, [resource.answer(ctx, state, document) for document in made])


@service.operation("GET-configuration-retrieve-config")
@service.operation("GET-configuration-retrieve-client-config")
def read(ctx: RequestContext, state: State) -> Document:
    """One setting."""
    return _resource(ctx).answer(ctx, state, _found(ctx, state, "Configuration not found"))


@service.operation("PUT-configuration-update-config")
@service.operation("PUT-configuration-update-client-config")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a setting; 400 for one that is not there."""
    ctx.about.check_payload(ctx.body)
    resource, key = _resource(ctx), ctx.path["propertyKey"]
    body = crud.accepted(ctx, resource)
    if body.get("key") != key:
        text = "The keys specified in the path param and in the payload are not the same."
        raise OTHER_KEY("Invalid Parameters", details=[text])
    old = crud.find(resource, ctx, state, key)
    if old is None:
        raise _refused(ctx, ABSENT, _worded(ctx, "update"))
    if old.get("readOnly"):
        raise _refused(ctx, READ_ONLY, f"The setting '{key}' is read-only.")
    document, _ = crud.replace(resource, ctx, state, key, body, upsert=False)
    return Result(200, resource.answer(ctx, state, document))


@service.operation("DELETE-configuration-remove-config")
@service.operation("DELETE-configuration-remove-client-config")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a setting that is not restricted."""
    old = _found(ctx, state, f"{_owner(ctx)} configuration could not be found")
    if old.get("restricted"):
        raise _refused(ctx, RESTRICTED, f"The setting '{old['key']}' is restricted and stays.")
    crud.delete(_resource(ctx), ctx, state, old["key"])
    return Result(204)


def _found(ctx: RequestContext, state: State, message: str) -> Document:
    document = crud.find(_resource(ctx), ctx, state, ctx.path["propertyKey"])
    if document is None:
        detail = _worded(ctx, "delete" if ctx.operation_id.startswith("DELETE") else "read")
        raise NotFound(message, type=PLAIN, details=[detail])
    return document


def _resource(ctx: RequestContext) -> Resource:
    return CLIENT if "client" in ctx.path else TENANT


def _owner(ctx: RequestContext) -> str:
    return "Client" if "client" in ctx.path else "Tenant"


DETAILS = {
    ("Tenant", "duplicate"): "Duplicate key for the tenant configuration during create for the tenant '{t}'",
    ("Tenant", "read"): (
        "Could not find the tenant configuration with the propertyKey '{k}' for the tenant '{t}'"
    ),
    ("Tenant", "update"): (
        "Request for updating the tenant configuration with the propertyKey '{k}' failed for the tenant '{t}'"
    ),
    ("Tenant", "delete"): (
        "Couldn't delete the tenant configuration with the propertyKey '{k}' for the tenant '{t}'"
    ),
    ("Client", "duplicate"): (
        "Duplicate key for the client configuration during create for the client '{c}' in the tenant '{t}'"
    ),
    ("Client", "read"): (
        "Could not find the client configuration for the client '{c}' with the propertyKey '{k}'"
        " in the tenant '{t}'"
    ),
    ("Client", "update"): (
        "Request for updating the client configuration for the client '{c}' with propertyKey '{k}'"
        " in the tenant '{t}' failed"
    ),
    ("Client", "delete"): (
        "Couldn't delete the client configuration for the client '{c}' with the propertyKey '{k}'"
        " for the tenant '{t}'"
    ),
}
"""What the details say: whose setting, what was asked for."""


def _worded(ctx: RequestContext, case: str) -> str:
    values = {"c": ctx.path.get("client"), "k": ctx.path.get("propertyKey"), "t": ctx.tenant}
    return DETAILS[_owner(ctx), case].format(**values)


def _refused(ctx: RequestContext, rule: Rule, detail: str) -> EmporixError:
    verb = {"POST": "created", "DELETE": "deleted"}.get(ctx.operation_id.partition("-")[0], "updated")
    return rule(f"{_owner(ctx)} configuration could not be {verb}", details=[detail])


def _stale(owner: str) -> EmporixError:
    return STALE(
        f"{owner} configuration could not be updated", details=["It has changed since that version."]
    )
