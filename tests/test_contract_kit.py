"""The parts of the contract kit that need no server."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis.internal.conjecture import providers

from emporix_mock.errors import ConfigurationError
from emporix_mock_contract import rules
from emporix_mock_contract.client import SetupError
from emporix_mock_contract.document import documented, lenient, prepared, rooted
from emporix_mock_contract.profile import SERVICES as TRIED
from emporix_mock_contract.profile import Bench, Caller, caller_of, load
from emporix_mock_contract.recipe import Make, carry_out, filled
from emporix_mock_contract.redact import MASK, Redactor
from emporix_mock_contract.run import Outcome, exit_code
from emporix_mock_contract.summary import row
from emporix_mock_contract.target import Keys, Target, running
from emporix_mock_contract.task import Task
from emporix_mock_contract.tolerated import refuses_elements
from emporix_mock_contract.wiring import draw_from_the_document_alone
from emporix_mock_spec import load as specifications
from emporix_mock_spec.operation import Requirement

ROOT = Path(__file__).parents[1]
SERVICES = [name for name in TRIED if name != "_mock"]

# Where a run may go.


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://LOCALHOST:1/base/", "http://localhost:1/base"),
    ],
)
def test_this_machine_is_accepted(url: str, kept: str):
    target = running(url, "acme")
    assert (target.url, target.tenant, target.own) == (kept, "acme", False)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.emporix.io",
        "http://10.0.0.1:8080",
        "http://0.0.0.0:8080",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@api.emporix.io",
        "http://2130706433",
        "http://[::ffff:10.0.0.1]",
    ],
)
def test_any_other_machine_is_refused_with_the_reason(url: str):
    with pytest.raises(ConfigurationError, match="is not this machine; a contract run deletes"):
        running(url, "acme")


@pytest.mark.parametrize(
    "url", ["stubb", "ftp://localhost", "http://", "http://localhost:99999", "http://[::1"]
)
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(ConfigurationError, match="neither 'stub' nor an http"):
        running(url, "acme")


@pytest.mark.parametrize(("tenant", "said"), [(None, "--tenant"), ("Acme", "3 to 16"), ("ab", "3 to 16")])
def test_a_running_server_needs_a_tenant(tenant: str | None, said: str):
    with pytest.raises(ConfigurationError, match=said):
        running("http://localhost", tenant)


def test_every_service_gets_a_world_of_its_own_on_a_stub():
    tenants = [Target("http://localhost", own=True).tenant_for(name) for name in TRIED]
    assert len(set(tenants)) == len(tenants)
    assert all(re.fullmatch("[a-z][a-z0-9]{2,15}", tenant) for tenant in tenants)


def test_keys_are_derived_unless_the_environment_names_them():
    assert Keys.of("acme", {}) == Keys("acme-backend", "acme-backend-secret", "acme-storefront")
    named = {"EMPORIX_CLIENT_ID": "a", "EMPORIX_CLIENT_SECRET": "b", "EMPORIX_STOREFRONT_CLIENT_ID": "c"}
    assert Keys.of("acme", named) == Keys("a", "b", "c")


# Who calls.


def test_a_token_gets_one_of_the_scopes_that_are_enough():
    either = [Requirement(("OAuth2",), ("coupon.manage", "coupon.read"))]
    assert caller_of(either) == Caller("service", ("coupon.manage",))


def test_a_requirement_with_scopes_is_tried_before_one_without():
    mixed = [Requirement(("CustomerAccessToken",), ()), Requirement(("OAuth2",), ("coupon.manage",))]
    assert caller_of(mixed) == Caller("service", ("coupon.manage",))


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("CustomerAccessToken", "customer"), ("AnonymousAccessToken", "anonymous"), ("OAuth2", "service")],
)
def test_a_scheme_names_the_kind_of_caller(scheme: str, kind: str):
    assert caller_of([Requirement((scheme,), ())]).kind == kind


def test_scopes_that_narrow_what_is_seen_are_the_last_choice():
    narrow = Requirement(("OAuth2",), ("availability.view_by_vendor",))
    assert caller_of([Requirement(("OAuth2",), ()), narrow]) == Caller("service")
    wide = Requirement(("OAuth2",), ("returns.read_own", "returns.read"))
    assert caller_of([narrow, wide]) == Caller("service", ("returns.read",))
    assert caller_of([narrow]) == Caller("service", narrow.scopes)


def test_no_requirement_means_no_token():
    assert caller_of([]).kind == "nobody"


# Profiles and documents.


@pytest.mark.parametrize("service", SERVICES)
def test_a_profile_speaks_only_of_what_its_document_has(service: str):
    found = documented(specifications.bundled().raw(service), service)
    profile = load(service)
    assert profile.service == service
    named = (profile.calls, profile.owned, profile.stays, profile.revives)
    assert set().union(*named) <= set(found.by_id)
    for operation_id, call in profile.calls.items():
        places = {f"{each.place}.{each.name}" for each in found.by_id[operation_id].parameters}
        assert {place for place in call.fill if not place.startswith("body.")} <= places, operation_id
    everywhere = {
        f"{each.place}.{each.name}" for operation in found.by_id.values() for each in operation.parameters
    }
    assert {place for place in profile.fill if not place.startswith("body.")} <= everywhere
    for step in profile.steps:
        other = documented(specifications.bundled().raw(step.service or service), step.service or service)
        assert step.operation in other.by_id
        assert set(step.at) <= {each.name for each in other.by_id[step.operation].parameters}


@pytest.mark.parametrize("service", SERVICES)
def test_expected_server_errors_have_a_reason(service: str):
    for call in load(service).calls.values():
        assert all(500 <= status < 600 and reason for status, reason in call.statuses.items())


@pytest.mark.parametrize("service", SERVICES)
def test_schemathesis_sees_every_scheme_as_a_bearer_token(service: str):
    document = prepared(specifications.bundled().raw(service))
    schemes = document.get("components", {}).get("securitySchemes", {})
    assert {(scheme["type"], scheme["scheme"]) for scheme in schemes.values()} <= {("http", "bearer")}
    needs = [need for item in document["paths"].values() for op in item.values() if isinstance(op, dict)
             for need in op.get("security") or []]  # fmt: skip
    assert all(set(need) <= set(schemes) and not any(need.values()) for need in needs)


def test_preparing_leaves_the_original_alone():
    original = specifications.bundled().raw("coupon")
    prepared(original)
    assert original == specifications.bundled().raw("coupon")


def test_headers_that_openapi_ignores_and_empty_delete_bodies_are_left_out():
    operation = {
        "operationId": "delete-it",
        "parameters": [
            {"name": "Content-Type", "in": "header", "schema": {"type": "string"}},
            {"name": "X-Kept", "in": "header", "schema": {"type": "string"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"204": {"description": "gone"}},
    }
    found = prepared({"openapi": "3.0.3", "paths": {"/things": {"delete": operation}}})
    left = found["paths"]["/things"]["delete"]
    assert [each["name"] for each in left["parameters"]] == ["X-Kept"]
    assert "requestBody" not in left


def test_what_a_collection_makes_is_linked_to_what_is_done_with_it():
    document = prepared(specifications.bundled().raw("coupon"))
    links = document["paths"]["/coupon/{tenant}/coupons"]["post"]["responses"]["201"]["links"]
    deleting = links["to DELETE-coupon-remove-coupon"]
    assert deleting["parameters"] == {"tenant": "$request.path.tenant", "code": "$response.body#/id"}
    nested = links["to GET-coupon-list-coupon-redemptions"]
    assert nested["parameters"]["code"] == "$response.body#/id"
    assert "to GET-coupon-retrieve-coupon-redemption" not in links


def test_the_base_path_of_a_server_goes_into_the_paths():
    document = {"servers": [{"url": "https://api.emporix.io/label"}], "paths": {"/labels": {}}}
    assert rooted(document)["paths"] == {"/label/labels": {}}
    assert document["paths"] == {"/labels": {}}
    assert rooted({"paths": {"/a": {}}})["paths"] == {"/a": {}}


def test_a_lenient_document_requires_no_member_and_keeps_all_else():
    schema = {"type": "object", "required": ["a"], "properties": {"required": {"type": "string"}}}
    parameter = {"name": "a", "in": "query", "required": True}
    assert lenient([schema, parameter]) == [
        {"type": "object", "properties": {"required": {"type": "string"}}},
        parameter,
    ]


def test_path_parameters_have_the_ids_of_the_examples():
    found = documented(specifications.bundled().raw("brand-service"), "brand-service")
    assert found.shown["GET-brand-retrieve-brand"] == {"brandId": "65a1f0b2c3d4e5f601000001"}
    assert found.shown["GET-brand-list-brands"] == {}


# Entities.


def test_names_in_texts_stand_for_values():
    values = {"tenant": "acme", "number": 7, "owner's company": "c1"}
    given = {"a": ["{number}", "x;{tenant}"], "b": "{owner's company}", "c": "{unknown}", "d": 5}
    assert filled(given, values) == {"a": [7, "x;acme"], "b": "c1", "c": "{unknown}", "d": 5}


class Asked:
    """A client that notes what it is asked for and answers the same to all."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.requests = answer, []

    def ask(self, method: str, path: str, **request: Any) -> Any:
        self.requests.append((method, path, request))
        return self.answer


class Known:
    """Tokens by name."""

    def service(self) -> str:
        return "backend"

    def customer(self, name: str) -> Any:
        return SimpleNamespace(token=name)


def test_an_entity_is_made_from_the_example_of_its_operation():
    client = Asked({"id": "f1"})
    bench = Bench(client, Known(), None, "acme")
    steps = [
        Make("POST-fee-create-fee", {"fee": "/id"}, {"id": None, "code": "{word}"}),
        Make("PUT-fee-add-product-fees", body={"feeIds": ["{fee}"]}, query={"siteCode": "main"}),
        Make("GET-fee-retrieve-fee", at={"id": "{fee}"}, by="customer"),
    ]
    values = {"word": "CODE", "tenant": "acme", "item": "a;b"}
    carry_out(bench, steps, "fee", {"path.productId": "item"}, values)
    made, added, read = client.requests
    assert values["fee"] == "f1"
    assert made[:2] == ("POST", "/fee/acme/fees")
    assert made[2]["json"]["code"] == "CODE"
    assert made[2]["json"]["feeType"] == "ABSOLUTE"
    assert "id" not in made[2]["json"]
    assert (made[2]["token"], made[2]["headers"]) == ("backend", {"Content-Language": "*"})
    assert added[1] == "/fee/acme/productFees/a%3Bb/fees"
    assert (added[2]["json"], added[2]["query"]) == ({"feeIds": ["f1"]}, {"siteCode": "main"})
    assert (read[1], read[2]["token"]) == ("/fee/acme/fees/f1", "owner")


def test_an_answer_without_what_should_be_kept_stops_the_run():
    bench = Bench(Asked({}), Known(), None, "acme")
    with pytest.raises(SetupError, match="told no /id"):
        carry_out(bench, [Make("POST-fee-create-fee", {"fee": "/id"})], "fee", {}, {"tenant": "acme"})


# What cases are made of.


@pytest.mark.parametrize("alone", [False, True])
def test_no_literal_of_a_source_file_gets_into_the_cases(
    alone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Or an edited line, and an installation elsewhere, would make other cases."""
    monkeypatch.setattr(providers, "_get_local_constants", providers._get_local_constants)
    if alone:
        draw_from_the_document_alone()
    name = f"literals_{alone}".lower()
    (tmp_path / f"{name}.py").write_text(f'WORD = "{name}"\n')
    monkeypatch.syspath_prepend(tmp_path)
    import_module(name)
    drawn = providers.HypothesisProvider(None)._local_constants.strings
    assert (name in drawn) is not alone


# Tolerated.


def answered(status: int, body: Any) -> Any:
    return SimpleNamespace(status_code=status, json=lambda: body)


def test_a_bulk_answer_that_refuses_an_element_is_a_refusal():
    assert refuses_elements(answered(207, [{"code": 201}, {"code": 400}]))
    assert refuses_elements(answered(207, [{"status": 409}]))
    assert not refuses_elements(answered(207, [{"code": 201}]))
    assert not refuses_elements(answered(200, [{"code": 400}]))


# Rules.


def test_every_rule_that_the_mock_can_name_is_registered():
    named = set()
    for path in (ROOT / "mock" / "emporix_mock").rglob("*.py"):
        named |= set(re.findall(r'rule="([\w-]+/[\w-]+)"', path.read_text()))
    assert named
    # A fault is what a test asked for, no refusal of the mock's own.
    assert named - {"mock/fault"} <= set(rules.registered())


def test_every_registered_rule_has_a_source_and_the_status_of_a_refusal():
    calls = [call for service in SERVICES for call in load(service).calls.values()]
    on_purpose = {status for call in calls for status in call.statuses}
    for rule in rules.registered().values():
        assert rule.source
        assert rule.status in {400, 401, 403, 409, 422, *on_purpose}, rule.id


# Masking.


@pytest.mark.parametrize(
    "text",
    [
        'curl -H "Authorization: Bearer s3cretS3cretS3cret"',
        '{"access_token": "s3cretS3cretS3cret", "expires_in": 1}',
        '"text": "{\\"accessToken\\":\\"s3cretS3cretS3cret\\",\\"saas_token\\":\\"s3cretS3cretS3cret\\"}"',
        "&quot;refresh_token&quot;:&quot;s3cretS3cretS3cret&quot;",
        "http://localhost/logout?accessToken=s3cretS3cretS3cret&x=1",
        '{"currentPassword": "s3cretS3cretS3cret"}',
        "client_secret=s3cretS3cretS3cret",
        '{"social_id_token": "s3cretS3cretS3cret"}',
        "<code>s3cret-backend-secret</code>",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str):
    masked = Redactor([]).text(text)
    assert "s3cretS3cret" not in masked
    assert "backend-secret" not in masked
    assert MASK in masked


def test_known_secrets_are_masked_wherever_they_stand(tmp_path: Path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("<p>opaque-token-1 and the rest</p>")
    Redactor(["opaque-token-1"]).files([folder, tmp_path / "absent"])
    assert (folder / "index.html").read_text() == f"<p>{MASK} and the rest</p>"


# Outcomes.


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0, 0], 0), ([0, 1], 1), ([1, 2], 2), ([0, 130], 2), ([0, -9], 2), ([], 2)],
)
def test_the_worst_outcome_decides_and_nothing_tried_is_no_pass(codes: list[int], expected: int):
    assert exit_code([Outcome("coupon", code, {}, "") for code in codes]) == expected


def test_a_process_that_broke_down_is_shown_with_its_last_words():
    shown = row(Outcome("coupon", 2, {}, "Traceback: it broke"))
    assert "did not start" in shown
    assert "Traceback: it broke" in shown


def test_a_finding_is_shown_with_the_check_that_made_it():
    ledger = {
        "operations": 13, "reached": 12, "cases": 40, "seconds": 1.5, "errors": ["a hook broke"],
        "failures": [{"check": "ignored_auth", "operation": "GET-x", "title": "No token needed",
                      "message": "Expected 401", "reproduce": "curl http://localhost", "count": 2}],
    }  # fmt: skip
    shown = row(Outcome("coupon", 1, ledger, ""))
    assert "ignored_auth: GET-x: No token needed (2x)" in shown
    assert "curl http://localhost" in shown
    assert "error: a hook broke" in shown


# Tasks.


def test_a_task_survives_the_way_to_its_process(tmp_path: Path):
    task = Task("coupon", "http://localhost", "acme", "d.json", "out", own=False, operations=("a", "b"))
    task.write(tmp_path / "task.json")
    assert Task.read(tmp_path / "task.json") == task
