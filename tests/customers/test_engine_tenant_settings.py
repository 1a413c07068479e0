"""Settings of a tenant, however the configuration service stores them."""

from __future__ import annotations

import pytest

from emporix_mock.engine.tenant_values import COLLECTION, SERVICE
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.store.world import World


@pytest.fixture
def state():
    return World("acme", lambda _service, _world: {}).state("customer-service")


def store(state, key, value, at=None):
    state.world.collection(SERVICE, COLLECTION).put(at or key, {"key": key, "value": value})


def test_a_tenant_without_settings_has_the_defaults(state):
    assert setting(state, "customerActiveOnCreation") is True
    assert setting(state, "restrictions") == []
    assert setting(state, "ssoCustomerIdentifierField") == "EMAIL"


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("customerActiveOnCreation", False, False),
        ("customerActiveOnCreation", "FALSE", False),
        ("customerActiveOnCreation", "perhaps", True),
        ("restrictions", ["DE"], ["DE"]),
        ("restrictions", '["DE", "UK"]', ["DE", "UK"]),
        ("restrictions", "DE, UK,", ["DE", "UK"]),
        ("ssoCustomerIdentifierField", "SUBJECT", "SUBJECT"),
        ("tokenExchange", '{"Site_DE": {}}', {"Site_DE": {}}),
        ("tokenExchange", "none", {}),
        ("signUp.enableAccountCreationEmailConfirmation", True, True),
    ],
)
def test_a_value_is_read_in_the_type_of_its_default(state, key, value, read):
    store(state, key, value)
    assert setting(state, key) == read


def test_a_document_is_found_by_its_key_under_any_id(state):
    store(state, "customerOnHoldOnCreation", True, at="64b7a0c2e4d5f60012ab3401")
    assert setting(state, "customerOnHoldOnCreation") is True


def test_a_dotted_key_may_be_a_member_of_a_document(state):
    store(state, "signUp", {"enableAccountCreationEmailConfirmation": True})
    assert setting(state, "signUp.enableAccountCreationEmailConfirmation") is True
