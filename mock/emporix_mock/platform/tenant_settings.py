"""Settings of a tenant that change how other services behave: documents of the configuration service.

Defaults and meaning: identity facts, section 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.tenant_values import decoded, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.store.world import State

DEFAULTS: Final[Mapping[str, Any]] = {
    "customerActiveOnCreation": True,
    "customerOnHoldOnCreation": False,
    "signUp.enableAccountCreationEmailConfirmation": False,
    "enableRecreationOfDeletedCustomer": False,
    "ssoCustomerAutoprovisioningDisabled": False,
    "ssoCustomerIdentifierField": "EMAIL",
    "enableSyncBetweenRestrictionsAndSiteCodes": False,
    "restrictions": [],
    "companyContactPropagation": "UPWARD",
    "approval.default_expiryDays": 14,
    "approval.enableQuoteApprovalProcess": False,
    "tokenExchange": {},
    "return.defaultExpiryDate": 30,
    "couponPermanentDelete": False,
    "enableCouponCodeCaseSensitivity": False,
    "cartItemValidationSkipCurrency": False,
    "cartItemValidationSkipEffectiveAmount": False,
    "cartItemValidationSkipOriginalAmount": False,
    "cartItemValidationSkipExistingItemsValidationOnAddToCart": False,
    "populateProductDetailsOnAddToCart": False,
    "enableExternalPrices": False,
    "enableLegalEntityAddressFallbackInCart": False,
    "authorizedAmountUplift": "0",
    "maxNumberOfCouponsPerCart": "1",
}


def setting(state: State, key: str) -> Any:
    """The value of a setting in the type of its default; the default where the tenant has none.

    A dotted key is looked up as it is, then as a member of the document named by its first part.
    Values may be JSON in a string, as the service stores several of its own.
    """
    default = DEFAULTS[key]
    value = value_of(state, key)
    if value is None and "." in key:
        owner, member = key.split(".", 1)
        parent = decoded(value_of(state, owner))
        value = parent.get(member) if isinstance(parent, dict) else None
    return default if value is None else _typed(value, default)


def _typed(value: Any, default: Any) -> Any:
    if isinstance(default, str):
        return str(value)
    value = decoded(value)
    if isinstance(default, list) and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, type(default)) else default
