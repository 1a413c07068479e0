"""Who calls, and whether this token may: order and answers of conventions, sections 1 and 2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emporix_mock.asgi import access_wording, wording
from emporix_mock.asgi.errors import EXPIRED_TOKEN, INVALID_TOKEN
from emporix_mock.engine.rules import OTHER_TENANT
from emporix_mock.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emporix_mock.asgi.plan import Plan
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import World
    from emporix_mock.store.worlds import Worlds

_PLACEHOLDER = re.compile(r"\{lowerCase(\w)(\w*)\}")


def authenticate(worlds: Worlds, headers: Mapping[bytes, bytes]) -> tuple[World, Principal]:
    """World and principal of the bearer token; the gateway's 401 for none, an unknown or an expired one."""
    raw = headers.get(b"authorization")
    if raw is None or raw[:7].lower() != b"bearer ":
        raise INVALID_TOKEN
    token = raw[7:].strip().decode("latin-1")
    world = worlds.of_token(token)
    principal = world.tokens.find(token) if world is not None else None
    if world is None or principal is None:
        raise INVALID_TOKEN
    if principal.expires_at <= world.clock.seconds():
        raise EXPIRED_TOKEN
    return world, principal


def check_tenant(
    service: str,
    world: World,
    principal: Principal,
    path_tenant: str | None,
    headers: Mapping[bytes, bytes],
) -> None:
    """Compare the tenants of header, path and token.

    Dashboard tokens must send `Emporix-Tenant` (401 without it); a path that names another tenant
    than the token is 400, not 401 or 403.
    """
    header = headers.get(b"emporix-tenant")
    if header is None:
        if principal.kind == "employee":
            raise INVALID_TOKEN
    elif header.decode("latin-1") != (path_tenant or principal.tenant):
        raise wording.tenant_header(service)
    if path_tenant is not None and path_tenant != principal.tenant:
        status = world.switches.get(OTHER_TENANT.id, OTHER_TENANT.default)
        raise wording.wrong_tenant(service, status)


def authorise(plan: Plan, principal: Principal, path: Sequence[str] = ()) -> None:
    """Check kind and scopes of a token against what the operation accepts; `path` has the path's values.

    A requirement of a bearer scheme without scopes asks for a kind of token; scopes are alternatives
    whatever kind of token holds them. A token of the wrong kind is 401 (client-quirks 11), a missing
    scope 403.
    """
    access = plan.access
    if access is not None:
        if access.kinds and principal.kind not in access.kinds:
            if access.wrong_kind == 403:
                raise Forbidden(
                    "The token is not one of a signed-in customer.", type="insufficient_permissions"
                )
            raise INVALID_TOKEN
        if access.scopes and not principal.may(*access.scopes):
            raise access_wording.missing_scope(plan.service, access.scopes, plan.id)
        return
    scopes = plan.scopes
    if plan.scopes_vary and len(path) == len(plan.names):
        scopes = tuple(named(scope, dict(zip(plan.names, path, strict=True))) for scope in scopes)
    if principal.kind in plan.kinds or (scopes and principal.may(*scopes)):
        return
    raise access_wording.missing_scope(plan.service, scopes, plan.id) if scopes else INVALID_TOKEN


def named(scope: str, path: Mapping[str, str]) -> str:
    """A scope that is called after a path parameter: `custom.{lowerCaseType}_read` after `type`."""
    return _PLACEHOLDER.sub(lambda found: path[found[1].lower() + found[2]].lower(), scope)
