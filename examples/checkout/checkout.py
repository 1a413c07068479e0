"""A checkout with httpx. Needs the variables of `emporix-mock up --env-file`."""

from __future__ import annotations

import os
from typing import Any

import httpx

TENANT = os.environ["EMPORIX_TENANT"]
COFFEE = "65d0a1b2c3d4e5f604000002"
http = httpx.Client(base_url=os.environ["EMPORIX_BASE_URL"], headers={"Accept-Language": "*"})


def ask(method: str, path: str, token: str | None = None, **more: Any) -> Any:
    """The content of an answer; anything but success ends the program."""
    headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = http.request(method, path.format(tenant=TENANT), headers=headers, **more)
    return answer.raise_for_status().json() if answer.content else None


# Who is who: a visitor's session becomes Mia's when she logs in.
session = {"tenant": TENANT, "client_id": os.environ["EMPORIX_STOREFRONT_CLIENT_ID"]}
visitor = ask("GET", "/customerlogin/auth/anonymous/login", params=session)["access_token"]
credentials = {"email": "mia.keller@example.com", "password": "Loyal-Points-1"}
login = ask("POST", "/customer/{tenant}/login", visitor, json=credentials)
mia = login["access_token"]

# Her cart, emptied of what she left in it.
mine = {"siteCode": "main", "type": "shopping", "create": "true"}
cart = ask("GET", "/cart/{tenant}/carts", mia, params=mine)["id"]
ask("DELETE", f"/cart/{{tenant}}/carts/{cart}/discounts", mia)
ask("DELETE", f"/cart/{{tenant}}/carts/{cart}/items", mia)

# Two bags at the price of her session, and a coupon.
wanted = [{"itemId": {"itemType": "PRODUCT", "id": COFFEE}, "quantity": {"quantity": 2}}]
[price] = ask("POST", "/price/{tenant}/match-prices-by-context", mia, json={"items": wanted})
item = {
    "itemYrn": f"urn:yaas:hybris:product:product:{TENANT};{COFFEE}",
    "quantity": 2,
    "price": {
        "priceId": price["priceId"],
        "originalAmount": price["originalValue"],
        "effectiveAmount": price["effectiveValue"],
        "currency": price["currency"],
    },
}
ask("POST", f"/cart/{{tenant}}/carts/{cart}/items", mia, json=item)
ask("POST", f"/cart/{{tenant}}/carts/{cart}/discounts", mia, json={"code": "WELCOME10"})

# The order.
address = {
    "contactName": "Mia Keller",
    "street": "Lindenallee",
    "streetNumber": "7",
    "zipCode": "10115",
    "city": "Berlin",
    "country": "DE",
}
order = ask(
    "POST",
    "/checkout/{tenant}/checkouts/order",
    mia,
    headers={"saas-token": login["saas_token"]},
    json={
        "cartId": cart,
        "currency": "EUR",
        "paymentMethods": [{"provider": "none", "method": "invoice"}],
        "shipping": {
            "zoneId": "germany",
            "methodId": "standard",
            "methodName": "Standard delivery",
            "amount": 4.9,
            "shippingTaxCode": "STANDARD",
        },
        "addresses": [{**address, "type": kind} for kind in ("SHIPPING", "BILLING")],
        "customer": {
            "id": "10000001",
            "firstName": "Mia",
            "lastName": "Keller",
            "email": credentials["email"],
        },
    },
)["orderId"]

# The shop confirms and completes it.
key = {
    "grant_type": "client_credentials",
    "client_id": os.environ["EMPORIX_CLIENT_ID"],
    "client_secret": os.environ["EMPORIX_CLIENT_SECRET"],
}
backend = ask("POST", "/oauth/token", data=key)["access_token"]
path = f"/order-v2/{{tenant}}/salesorders/{order}"
for status in ("CONFIRMED", "COMPLETED"):
    ask("POST", f"{path}/transitions", backend, json={"status": status})
done = ask("GET", path, backend)
sums = {name: value["grossValue"] for name, value in done["calculatedPrice"].items() if "grossValue" in value}
print(
    f"{order} {done['status']}: {sums['price']} less a tenth is {sums['discountedPrice']},"
    f" with delivery and fees {sums['finalPrice']}"
)
