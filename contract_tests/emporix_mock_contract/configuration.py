"""The configuration of Schemathesis for one task: everything it can do itself is asked for here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emporix_mock_contract.document import Documented
    from emporix_mock_contract.profile import Profile
    from emporix_mock_contract.session import Session
    from emporix_mock_contract.task import Task

REFUSALS = ("400", "401", "403", "404", "409")
"""What valid data may meet beside a success; `refused_by_rule` asks a rule's name for each but 404."""

STRICT = ("401", "403", "404", "409")
"""The same for a target that does not name its rules: a 400 for valid data is then a finding."""

REJECTIONS = (*REFUSALS, "405", "406", "413", "414", "415")
FURTHER = frozenset({301, 302, 303, 307, 308, 422})

STEPS = 6

GRAVE_WARNINGS = (
    "missing_auth",
    "missing_test_data",
    "base_url_mismatch",
    "missing_deserializer",
    "unused_openapi_auth",
    "unsupported_regex",
    "unresolvable_reference",
    "rate_limited",
)


def configuration(task: Task, session: Session, peers: Path) -> dict[str, Any]:
    """The content of a `schemathesis.toml`. No check is ever turned off in it.

    `peers` is where the two customers stand whom Schemathesis compares, or will not stand without any.
    """
    refusals = REFUSALS if session.names_rules else STRICT
    found: dict[str, Any] = {
        "seed": task.seed,
        "color": False,
        # Time is not the API's fault, and a run on a busy machine must say the same as on an idle one.
        "suppress-health-check": ["all"],
        "base-url": task.url,
        "workers": 1,
        "continue-on-failure": True,
        "max-redirects": 0,
        "request-timeout": 30,
        "parameters": {"path.tenant": task.tenant},
        "warnings": {"fail-on": list(GRAVE_WARNINGS)},
        "generation": {
            "deterministic": True,
            "database": "none",
            "max-examples": task.max_examples,
        },
        "phases": {
            "examples": {"fill-missing": True},
            # A scenario gets nowhere after a refused step; invalid data is the other phases' part.
            "stateful": {
                "max-steps": STEPS,
                "generation": {"mode": "positive", "max-examples": task.scenarios},
            },
        },
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", *refusals]},
            "negative_data_rejection": {"expected-statuses": list(REJECTIONS)},
        },
        "reports": {kind: {"path": str(task.report(kind))} for kind in task.reports},
        "cache": {"enabled": False},
        "output": {"sanitization": {"enabled": not task.own}, "truncation": {"enabled": True}},
        "operations": list(_expected(session.profile, session.documented, refusals)),
    }
    if session.peers():
        found["auth"] = {"wfc": {"path": str(peers), "peers": list(session.peers())}}
    return found


def people(session: Session) -> dict[str, Any]:
    """The two customers in the form in which Schemathesis reads them (Web Fuzzing Commons)."""
    return {
        "auth": [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
            for name, token in session.peers().items()
        ]
    }


def _expected(profile: Profile, found: Documented, refusals: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """What single operations may answer beyond the others: redirections and 422 where they document them,
    and server errors on purpose; `refused_by_rule` asks who refused or failed, and why."""
    for operation in found.by_id.values():
        errors = list(map(str, profile.call(operation.id).statuses))
        further = {"3xx" if status < 400 else "422" for status in operation.responses if status in FURTHER}
        if errors or further:
            yield {
                "include-operation-id": operation.id,
                "checks": {
                    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", *errors]},
                    "positive_data_acceptance": {
                        "expected-statuses": ["2xx", *sorted(further), *refusals, *errors]
                    },
                    "negative_data_rejection": {
                        "expected-statuses": [*REJECTIONS, *sorted(further - {"3xx"})]
                    },
                },
            }


def arguments(task: Task, document: Path) -> list[str]:
    """The command line that goes with the configuration."""
    chosen = [part for each in task.operations for part in ("--include-operation-id", each)]
    return [str(document), "--phases", ",".join(task.phases), *chosen]
