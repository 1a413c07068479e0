"""The refusals that hold for every service, in one place, so that a contract run knows them by name.

They are raised by the generic verbs, the shared customer directory and the gateway's checks; what only
one service refuses is declared in its own file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Rule, Switch

if TYPE_CHECKING:
    from collections.abc import Mapping

GENERAL: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("engine/duplicate-id", 409, "conventions, section 9: an id is taken once"),
        Rule("engine/stale-version", 409, "conventions, section 9: metadata.version locks"),
        Rule("engine/query-syntax", 400, "conventions, section 8: the q language"),
        Rule("engine/query-patience", 400, "a regular expression in q may not stop the server [choice]"),
        Rule("engine/constraint", 400, "what a document states of members in prose only [status: choice]"),
        Rule("engine/page-range", 400, "client-quirks 50: page numbers beyond 10^15"),
        Rule("engine/payload-required", 400, "a write with required members needs a body [choice]"),
        Rule("engine/version-required", 400, "conventions, section 9: where a version is required"),
        Rule("engine/id-required", 400, "an id that the client chooses has to be given"),
        Rule("engine/invalid-id", 400, "conventions, section 11: form of ids that clients choose"),
        Rule("engine/language", 400, "conventions, section 8: languages are those of project_lang"),
        Rule("engine/localized-shape", 400, "conventions, section 8.2: maps and strings by Content-Language"),
        Rule("engine/patch", 400, "conventions, section 10.3: an operation that cannot be carried out"),
        Rule("engine/patched-document", 400, "a change may not leave a document that cannot be read"),
        Rule("engine/query-field", 400, "conventions, section 16: unknown field in q"),
        Rule("engine/sort-field", 400, "conventions, section 7.4: fields that category sorts by"),
        Rule("engine/cursor", 400, "conventions, section 7.3: one cursor at a time"),
        Rule("engine/bulk-size", 400, "conventions, sections 4.4 and 12: limits of bulk requests"),
        Rule("engine/unknown-reference", 400, "references that a service checks [status is a choice]"),
        Rule("engine/held", 400, "conventions, section 10.4: deletes that are blocked"),
        Rule("engine/mixin", 400, "conventions, sections 4.4 and 13: mixins follow their schema"),
        Rule("engine/not-own", 403, "conventions, section 3: `_own` scopes reach the caller's documents"),
        Rule("engine/no-vendor", 403, "identity facts, section 9: `_by_vendor` scopes are of a vendor"),
        Rule("engine/duplicate-account", 409, "identity facts, section 2: one account per login address"),
        Rule("engine/duplicate-customer", 409, "identity facts, section 3: customer numbers are unique"),
        Rule("gateway/tenant-mismatch", 400, "conventions, section 2: tenant of path and token differ"),
        Rule("gateway/tenant-header", 400, "conventions, section 2: tenant of header and path differ"),
    )
}

UNKNOWN_QUERY_FIELD = Switch(
    "engine/unknown-query-field",
    "no-match",
    ("no-match", "refuse"),
    "what a field in `q` does that the listed documents do not have by the specification",
    "conventions, sections 7.6 and 16: undocumented",
)

JOB_PACE = Switch(
    "engine/job-pace",
    "seconds",
    ("seconds", "at-once"),
    "whether jobs take a few seconds of the world's clock or are done with the request that starts them",
    "how long jobs take is documented nowhere",
)

MIXIN_WITHOUT_SCHEMA = Switch(
    "engine/mixin-without-schema",
    "as-documented",
    ("as-documented", "refuse", "accept"),
    "what a mixin without a URL of its schema is",
    "conventions, section 13: refused by services that are known to check mixins (price, category; site and"
    " schema say so themselves); the others are not documented and take it; client-quirks 90: refused",
)

UNKNOWN_MIXIN_SCHEMA = Switch(
    "engine/unknown-mixin-schema",
    "accept",
    ("accept", "refuse"),
    "what a mixin is whose schema URL leads away from the mock",
    "the vendor fetches the file, which a mock without network cannot",
)

OTHER_TENANT = Switch(
    "gateway/tenant-mismatch",
    "400",
    ("400", "403"),
    "the status for a path that names another tenant than the token",
    "conventions, sections 1 and 16: 400 by the documents' examples",
)

SWITCHES: tuple[Switch, ...] = (
    JOB_PACE,
    MIXIN_WITHOUT_SCHEMA,
    OTHER_TENANT,
    UNKNOWN_MIXIN_SCHEMA,
    UNKNOWN_QUERY_FIELD,
)
"""Choices that hold for every service."""
