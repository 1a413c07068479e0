"""The refusals that hold for every service, in one place, so that a contract run knows them by name.

They are raised by the generic verbs, the shared customer directory and the gateway's checks; what only
one service refuses is declared in its own file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

GENERAL: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("engine/duplicate-id", 409, "conventions, section 9: an id is taken once"),
        Rule("engine/stale-version", 409, "conventions, section 9: metadata.version locks"),
        Rule("engine/query-syntax", 400, "conventions, section 8: the q language"),
        Rule("engine/page-range", 400, "client-quirks 50: page numbers beyond 10^15"),
        Rule("engine/duplicate-account", 409, "identity facts, section 2: one account per login address"),
        Rule("engine/duplicate-customer", 409, "identity facts, section 3: customer numbers are unique"),
        Rule("gateway/tenant-mismatch", 400, "conventions, section 2: tenant of path and token differ"),
        Rule("gateway/tenant-header", 400, "conventions, section 2: tenant of header and path differ"),
    )
}
