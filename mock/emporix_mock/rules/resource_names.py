"""Resource names (YRN) that several services write, by tenant and id."""

from __future__ import annotations

from typing import Final

PRODUCT_YRN: Final = "urn:yaas:saasag:caasproduct:product:{tenant};{id}"
PRODUCT_YRNS: Final = (PRODUCT_YRN, "urn:yaas:hybris:product:product:{tenant};{id}")
"""The form that is written, and all that are read."""
FEE_YRN: Final = "urn:yaas:saasag:fee:fee:{tenant};{id}"
PAYMENT_YRN: Final = "urn:yaas:hybris:payments:payment-method:{tenant};{id}"


def product_yrn(tenant: str, own: str) -> str:
    """The resource name of a product."""
    return PRODUCT_YRN.format(tenant=tenant, id=own)
