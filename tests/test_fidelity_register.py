"""The register speaks of the code that is here: levels, tokens, choices, rules; no view of it is stale."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx

from emporix_mock.app import create_app
from emporix_mock.asgi.auth import authorise
from emporix_mock.asgi.control.operations import entries
from emporix_mock.cli.fidelity import derived
from emporix_mock.errors import EmporixError
from emporix_mock.fidelity.keeping import Places, stale
from emporix_mock.fidelity.reach import reached
from emporix_mock.fidelity.register import FILE, operations, read, text
from emporix_mock.platform.grants import CUSTOMER_SCOPES
from emporix_mock.store.tokens import Principal
from emporix_mock_spec import catalog, load

if TYPE_CHECKING:
    import pytest
    from conftest import Server

KINDS = ("service", "anonymous", "customer", "employee")
REDEEM = "POST-reward-points-redeem-logged-customer-reward-points-coupon"


@cache
def register() -> dict[str, Any]:
    return derived()


def operation(service: str, operation_id: str) -> dict[str, Any]:
    return next(e for name, e in operations(register()) if (name, e["id"]) == (service, operation_id))


def test_no_view_is_stale() -> None:
    found = stale(deepcopy(register()), Places.of())
    assert found == [], "run: emporix-mock fidelity update"


def test_it_lists_every_operation_of_every_document() -> None:
    found = list(operations(register()))
    served = load.bundled().services
    assert len(found) == sum(catalog.services()[name].operations for name in served)
    assert len({(service, each["id"]) for service, each in found}) == len(found)


def test_levels_are_those_that_answers_carry() -> None:
    app = create_app()
    for service, each in operations(register()):
        plan = app.runtime.service(service).plan_of(each["id"])
        assert plan.level == each["level"], each["id"]
    assert {each["level"] for _, each in operations(register())} <= {"behaviour", "crud", "example"}


def test_tokens_are_those_that_the_check_lets_in() -> None:
    app = create_app()
    for service, each in operations(register()):
        plan = app.runtime.service(service).plan_of(each["id"])
        every = set(plan.scopes) | set(plan.access.scopes if plan.access else ())
        held = {"customer": every & CUSTOMER_SCOPES, "anonymous": set()}
        passed = []
        for kind in KINDS:
            try:
                authorise(plan, Principal(kind, "acme", "x", frozenset(held.get(kind, every))))
            except EmporixError:
                continue
            passed.append(kind)
        assert each["tokens"] == ([] if plan.public else passed), each["id"]
        assert each["public"] == plan.public, each["id"]


def test_choices_and_rules_are_those_that_the_handler_leads_to() -> None:
    redeem = operation("reward-points", REDEEM)
    assert "reward-points/not-enough-points" in redeem["rules"]
    assert "reward-points/use-order" in redeem["switches"]
    assert "reward-points/account-exists" not in redeem["rules"]
    reading = operation("reward-points", "GET-reward-points-fetch-customer-reward-points")
    assert reading["rules"] == []


def test_a_list_does_not_meet_the_rules_of_a_write() -> None:
    listing = operation("site-settings-service", "GET-site-settings-list-site-configurations")
    creating = operation("site-settings-service", "POST-site-settings-create-site")
    assert "site-settings-service/duplicate-code" in creating["rules"]
    assert "site-settings-service/duplicate-code" not in listing["rules"]


def test_every_declared_rule_is_met_by_an_operation_or_an_old_path() -> None:
    app = create_app()
    for service in register()["services"]:
        met = {rule for each in service["operations"] for rule in each["rules"]}
        declared = app.runtime.service(service["service"]).declared
        if declared is not None and declared.legacies:
            old = [declared.handlers[each.operation_id] for each in declared.legacies]
            met |= {rule for handler in old for rule in reached(handler)[1]}
        assert {rule["id"] for rule in service["rules"]} <= met, service["service"]


def test_every_declared_choice_is_met_by_an_operation_an_event_or_a_later_step() -> None:
    app = create_app()
    for service in register()["services"]:
        met = {switch for each in service["operations"] for switch in each["switches"]}
        unmet = {switch["id"] for switch in service["switches"]} - met
        declared = app.runtime.service(service["service"]).declared
        assert not unmet or (declared is not None and (declared.subscriptions or declared.steps)), unmet


def test_the_shipped_register_reads_as_it_was_written() -> None:
    assert text(read(FILE)) == FILE.read_text("utf-8")


# What a server says.


def test_a_server_lists_what_the_register_knows(mock: Server) -> None:
    found = httpx.get(f"{mock.url}/_mock/operations").json()
    known = {(service, each["id"]): each for service, each in operations(read(FILE))}
    assert len(found) == len(known)
    for each in found:
        kept = known[each["service"], each["id"]]
        for key in ("level", "tokens", "scopes", "switches", "rules", "evidence", "public"):
            assert each[key] == kept[key], (each["id"], key)
        assert each["aliases"] == [f"{alias['method']} {alias['path']}" for alias in kept["aliases"]]


def test_an_operation_that_the_register_lacks_has_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    from emporix_mock.fidelity import register as module

    monkeypatch.setattr(module, "shipped", lambda: {"services": []})
    found = module.joined(entries(load.bundled()))
    assert found
    assert all(each.evidence is None and each.rules == () for each in found)
