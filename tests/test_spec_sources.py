"""The 44 official documents as they are and repaired, and the bundled ones beside them."""

from __future__ import annotations

import importlib.util
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from emporix_mock_spec import catalog, load
from emporix_mock_spec.compile import operations, resolve
from emporix_mock_spec.error import SpecError
from emporix_mock_spec.overlay import read_overlay
from emporix_mock_spec.parse import parse
from emporix_mock_spec.validate import validate

SHARED = Path(__file__).parents[1].parent / "shared"
OFFICIAL = SHARED / "official-specs"
REPAIRS = sorted((Path(load.__file__).parent / "repairs").glob("*.yaml"))
SERVICES = tuple(catalog.services())
FIRST = (
    "oauth-service",
    "customer-management",
    "customer-service",
    "reward-points",
    "coupon",
    "site-settings-service",
)

official_files = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the official documents are not in ../shared/official-specs"
)


@pytest.fixture(scope="session")
def official() -> load.Source:
    """The official documents, repaired."""
    return load.official(OFFICIAL)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cache for all tests here, not the developer's."""
    base = tmp_path_factory.getbasetemp() / "spec-sources-cache"
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(base))


def test_the_catalogue_names_44_services_and_650_operations() -> None:
    entries = list(catalog.services().values())
    assert len(entries) == 44
    assert sum(entry.operations for entry in entries) == 650
    segments = [segment for entry in entries for segment in entry.segments]
    assert sorted(s for s in set(segments) if segments.count(s) > 1) == ["customer"]
    assert catalog.services()["label-service"].segments == ("label",)


@official_files
@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_file_tells_the_truth(service: str) -> None:
    entry = catalog.services()[service]
    content = (OFFICIAL / entry.path).read_bytes()
    document = load.official(OFFICIAL, repaired=False).document(service)
    assert (len(content), sha256(content).hexdigest()) == (entry.bytes, entry.sha256)
    assert len(document["paths"]) == entry.paths
    assert len(list(operations(document))) == entry.operations
    assert len(document["components"]["schemas"]) == entry.schemas
    assert {path.split("/")[1] for path in document["paths"]} == set(entry.segments)


@official_files
@pytest.mark.parametrize("service", SERVICES)
def test_every_repaired_document_is_valid_and_fits_its_own_examples(
    official: load.Source, service: str
) -> None:
    # Covers that each repair finds its place and fits it, too.
    assert validate(official, service, examples=True) == []


@official_files
def test_unrepaired_ones_are_not() -> None:
    source = load.official(OFFICIAL, repaired=False)
    found = {service: validate(source, service, examples=True) for service in ("cart", "coupon", "order")}
    assert {finding.kind for finding in found["cart"]} == {"invalid", "example"}
    assert "cartId" in next(f.why for f in found["cart"] if f.kind == "invalid")
    assert found["coupon"] == []
    assert {finding.kind for finding in found["order"]} == {"example"}


@official_files
def test_a_repair_that_is_no_longer_needed_is_reported(tmp_path: Path) -> None:
    entry = catalog.services()["checkout"]
    path = tmp_path / entry.path
    path.parent.mkdir(parents=True)
    path.write_bytes((OFFICIAL / entry.path).read_bytes().replace(b"additionalProperties: false", b""))
    findings = validate(load.official(tmp_path), "checkout")
    assert [(f.kind, f.where) for f in findings] == [
        ("unmatched", "$.components.schemas.requestCheckout.additionalProperties")
    ]


@official_files
@pytest.mark.parametrize("service", SERVICES)
def test_requirements_are_alternatives_and_errors_are_documented(official: load.Source, service: str) -> None:
    document = official.document(service)
    declared = document.get("components", {}).get("securitySchemes", {})
    for path, method, operation in operations(document):
        here = f"{method} {path}"
        for need in operation.get("security", document.get("security")) or []:
            assert all(len(scopes) < 2 for scopes in need.values()), here
            for name, scopes in need.items():
                flows = declared[name].get("flows", {}).values()
                known = {scope for flow in flows for scope in flow["scopes"]}
                assert set(scopes) <= known or re.search(r"[{]", "".join(scopes)), here
        assert "401" in operation["responses"], here
        if "{tenant}" in path:
            assert "400" in operation["responses"], here
        for status, response in operation["responses"].items():
            found = resolve(document, response)
            assert found is not None, here
            assert status != "204" or not found.get("content"), here


@official_files
def test_what_the_first_services_were_repaired_for(official: load.Source) -> None:
    found = {
        operation["operationId"]: operation
        for service in FIRST
        for _, _, operation in operations(official.document(service))
    }
    manage = [{"OAuth2": ["rewardspoints.rewardpoints_manage"]}]
    for name in ("POST-reward-points-create-redeem-options", "DELETE-reward-points-remove-redeem-option"):
        assert found[name]["security"] == manage
    for name, statuses in {
        "GET-reward-points-fetch-customer-reward-points": {"401", "404"},
        "GET-reward-points-fetch-logged-customer-points": {"404"},
        "POST-reward-points-add-customer-reward-points": {"404"},
        "POST-oauth-request-client-credentials": {"400", "401"},
        "GET-oauth-generate-anonymous-access-token": {"400", "401"},
        "POST-customer-authenticate-customer": {"403"},
        "PATCH-customer-tenant-update-customer": {"409"},
        "POST-site-settings-create-site": {"409"},
    }.items():
        assert statuses <= set(found[name]["responses"]), name
    assert "404" not in found["DELETE-reward-points-remove-redeem-option"]["responses"]
    assert {"OAuth2": []} in found["GET-coupon-retrieve-coupon"]["security"]
    refresh = {
        p["name"]: p["required"] for p in found["GET-oauth-refresh-anonymous-access-token"]["parameters"]
    }
    assert refresh == {"tenant": True, "client_id": True, "anonymous_token": False, "refresh_token": False}


def test_label_paths_carry_their_base_and_the_nameless_operation_has_a_name() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the official documents are not in ../shared/official-specs")
    source = load.official(OFFICIAL, repaired=False)
    assert sorted(source.document("label-service")["paths"]) == ["/label/labels", "/label/labels/{labelId}"]
    orders = source.document("order")["paths"]["/order-v2/{tenant}/orders"]["get"]
    assert orders["operationId"] == "GET-order-v2-tenant-orders"
    schemes = source.document("customer-segments")["components"]["securitySchemes"]
    assert schemes["CustomerAccessToken"] == {"type": "http", "scheme": "bearer"}


@pytest.mark.parametrize("path", REPAIRS, ids=lambda path: path.stem)
def test_every_repair_gives_its_reason(path: Path) -> None:
    assert path.stem in SERVICES
    for action in read_overlay(path.read_bytes(), path.name).actions:
        assert action.reason.endswith("."), action
        assert len(action.reason) > 30, action
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", action.defect), action


@official_files
@pytest.mark.parametrize("service", load.bundled().services)
def test_a_bundled_document_says_what_the_repaired_official_one_says(
    official: load.Source, service: str, tmp_path: Path
) -> None:
    tool = SHARED / "tools" / "spec_facts.py"
    module_spec = importlib.util.spec_from_file_location("spec_facts", tool)
    assert module_spec is not None
    assert module_spec.loader is not None
    spec_facts = importlib.util.module_from_spec(module_spec)
    module_spec.loader.exec_module(spec_facts)
    reference = tmp_path / "reference.yaml"
    reference.write_bytes(official.exported(service))
    bundled = tmp_path / "bundled.yaml"
    bundled.write_bytes(load.bundled().exported(service))
    wanted, found = (spec_facts.facts(spec_facts.load(path)) for path in (reference, bundled))
    assert sorted(wanted - found) == []
    assert sorted(found - wanted) == []
    assert len(wanted) > 30


@pytest.mark.parametrize("service", load.bundled().services)
def test_a_bundled_document_is_valid_and_fits_its_examples(service: str) -> None:
    assert validate(load.bundled(), service, examples=True) == []


@official_files
def test_an_exported_document_reads_the_same_for_every_yaml_reader(official: load.Source) -> None:
    import yaml

    for service in ("shopping-list", "catalog", "site-settings-service"):
        text = official.exported(service)
        assert yaml.safe_load(text) == parse(text, service) == official.raw(service)


@official_files
def test_as_published_means_byte_for_byte() -> None:
    source = load.official(OFFICIAL, repaired=False)
    path = OFFICIAL / catalog.services()["cart"].path
    assert source.exported("cart") == path.read_bytes()


def broken(tmp_path: Path, content: bytes) -> load.Source:
    path = tmp_path / catalog.services()["cart"].path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return load.official(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!doctype html><title>404</title>", "not an OpenAPI 3 document"),
        (b"", "not an OpenAPI 3 document"),
        (b"swagger: '2.0'\npaths: {}", "not an OpenAPI 3 document"),
        (b"openapi: 3.0.0", "describes no paths"),
        (b"openapi: 3.0.0\npaths: [", "line 3: not readable as YAML"),
        (b"\x00\x01", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_document_is_one_clear_line(tmp_path: Path, content: bytes, why: str) -> None:
    source = broken(tmp_path, content)
    for read in (source.document, source.raw):
        with pytest.raises(SpecError) as caught:
            read("cart")
        assert why in str(caught.value)
        assert "api.yml" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_document_of_an_unknown_shape_still_loads(tmp_path: Path) -> None:
    found: dict[str, Any] = broken(
        tmp_path, b"openapi: 3.2.0\npaths: {/x: {query: {}, get: {responses: 7}}}"
    ).document("cart")
    (operation,) = [operation for _, _, operation in operations(found)]
    assert operation["operationId"] == "GET-x"


def test_what_is_missing_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError, match="--from wants the top folder of emporix/api-references"):
        load.official(tmp_path)
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "nothing"))
    with pytest.raises(SpecError, match="run `emporix-mock spec pull`"):
        load.official()
    with pytest.raises(SpecError, match="bundled specifications here have no service 'nonsense'"):
        load.bundled().document("nonsense")
    source = broken(tmp_path, b"openapi: 3.0.0\npaths: {}")
    source.files["cart"].unlink()
    with pytest.raises(SpecError, match="No such file"):
        source.document("cart")
