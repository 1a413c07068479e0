"""What a contract run talks to: a stub of its own, or a server that already runs on this machine."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emporix_mock.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

TENANT = re.compile(r"[a-z][a-z0-9]{2,15}")


@dataclass(frozen=True, slots=True)
class Target:
    """A server to run against.

    `tenant` None gives every service a world of its own, which only a stub started for the run allows.
    `own` says that the server was started for this run: its secrets are no secrets. `control_url` is a
    second server for the control API, which shows every world and so what other services do meanwhile.
    """

    url: str
    tenant: str | None = None
    own: bool = False
    control_url: str | None = None

    def tenant_for(self, service: str) -> str:
        """The tenant in which a service is tried."""
        return self.tenant or ("c" + re.sub(r"[^a-z0-9]", "", service.lower()))[:16]


@dataclass(frozen=True, slots=True)
class Keys:
    """The client ids and secret of a tenant."""

    client_id: str
    client_secret: str
    storefront_client_id: str

    @classmethod
    def of(cls, tenant: str, environment: Mapping[str, str] | None = None) -> Keys:
        """Those a mock derives from the tenant's name, unless the environment names others.

        The variables are those that `emporix-mock up --env-file` writes.
        """
        given = os.environ if environment is None else environment
        return cls(
            given.get("EMPORIX_CLIENT_ID") or f"{tenant}-backend",
            given.get("EMPORIX_CLIENT_SECRET") or f"{tenant}-backend-secret",
            given.get("EMPORIX_STOREFRONT_CLIENT_ID") or f"{tenant}-storefront",
        )


def running(url: str, tenant: str | None) -> Target:
    """A server that already runs. `ConfigurationError` unless it is this machine and the tenant is named.

    A contract run deletes customers and spends points; until there are profiles that are safe for a
    tenant with real data, it goes nowhere else.
    """
    parts = _split(url)
    if parts is None:
        raise ConfigurationError(f"--target {url}: neither 'stub' nor an http:// or https:// address")
    scheme, host, port, path = parts
    if not is_loopback(host):
        raise ConfigurationError(
            f"--target {url}: {host} is not this machine; a contract run deletes what it finds, so only"
            " 127.0.0.0/8, ::1 and localhost are accepted until there are profiles safe for real tenants"
        )
    if tenant is None:
        raise ConfigurationError(f"--target {url}: name the tenant to use there with --tenant")
    if not TENANT.fullmatch(tenant):
        raise ConfigurationError(
            f"--tenant {tenant}: a tenant is 3 to 16 lower-case letters and digits, a letter first"
        )
    shown = f"[{host}]" if ":" in host else host
    return Target(f"{scheme}://{shown}{f':{port}' if port else ''}{path}", tenant)


def _split(url: str) -> tuple[str, str, int | None, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port, parts.path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
