"""Payment modes, and payments by the scripted provider, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

MODE = "7d1f0c3a-2b4e-4c6d-8f90-0000000000"
INVOICE, CARD, CASH = f"{MODE}01", f"{MODE}02", f"{MODE}04"
SAFERPAY = {
    "code": "saferpay",
    "provider": "SPREEDLY_SAFERPAY",
    "configuration": {"Spreedly/AccessSecret": "hidden", "Spreedly/ReceiverId": "receiver-1"},
}


class Gateway:
    """The payment gateway of one world, for the backend key by default."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()

    def __call__(
        self, method: str, path: str, http: httpx.Client | None = None, **more: Any
    ) -> httpx.Response:
        return (http or self.http).request(method, f"/payment-gateway/{self.world.tenant}{path}", **more)

    def pay(self, token: str | None = "card-token-1", http: Any = None, **more: Any) -> httpx.Response:
        """Authorize the payment of the guest's order EON1003."""
        body = {"order": {"id": "EON1003"}, "paymentModeId": CARD, **more}
        path = "/payment/authorize" if http is None else "/payment/frontend/authorize"
        return self("POST", path, http, json={**body, **({"creditCardToken": token} if token else {})})

    def step(self, transaction: str, what: str, **body: Any) -> httpx.Response:
        return self("POST", f"/payment/{transaction}/{what}", **({"json": body} if body else {}))

    def order(self, order_id: str = "EON1003") -> dict[str, Any]:
        answer = self.http.get(f"/order-v2/{self.world.tenant}/salesorders/{order_id}")
        return dict(answer.json())


@pytest.fixture
def gateway(either: World) -> Iterator[Gateway]:
    gateway = Gateway(either)
    with gateway.http:
        yield gateway


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("payment-gateway/")


def test_the_life_of_a_payment_mode(gateway: Gateway):
    made = gateway("POST", "/paymentmodes/config", json={**SAFERPAY, "id": "dropped"})
    mode = made.json()
    assert made.status_code == 200
    assert mode == {**SAFERPAY, "id": mode["id"], "active": True}
    path = f"/paymentmodes/config/{mode['id']}"
    assert gateway("GET", path).json() == mode
    codes = [one["code"] for one in gateway("GET", "/paymentmodes/config").json()]
    assert codes == ["invoice", "credit_card", "pay_later", "cash", "saferpay"]

    again = gateway("POST", "/paymentmodes/config", json=SAFERPAY)
    assert refusal(again) == (409, "duplicate-code")
    assert (again.json()["code"], again.json()["message"]) == (409, "The resource already exists.")
    assert again.json()["timestamp"]

    change = {"active": False, "configuration": {"Spreedly/ReceiverId": "receiver-2"}}
    changed = gateway("PUT", path, json={**change, "code": "dropped"})
    assert (changed.status_code, changed.json()) == (200, mode)
    assert gateway("GET", path).json() == {**mode, **change}
    gateway.world.stored.switches["payment-gateway/put-answer"] = "new"
    assert gateway("PUT", path, json={"active": True}).json()["active"] is True

    assert gateway("DELETE", path).status_code == 200
    for method in ("GET", "PUT", "DELETE"):
        gone = gateway(method, path, **({"json": change} if method == "PUT" else {}))
        assert (gone.status_code, gone.json()["message"]) == (404, "The resource does not exist.")


def test_a_mode_may_be_made_inactive_by_choice(gateway: Gateway):
    gateway.world.stored.switches["payment-gateway/new-mode"] = "inactive"
    assert gateway("POST", "/paymentmodes/config", json=SAFERPAY).json()["active"] is False


def test_storefronts_see_active_modes_without_secrets(gateway: Gateway):
    with gateway.world.client(gateway.world.anonymous()["access_token"]) as visitor:
        shown = gateway("GET", "/paymentmodes/frontend", visitor).json()
        assert [(mode["code"], mode["integrationType"]) for mode in shown] == [
            ("invoice", "EXTERNAL"),
            ("credit_card", "TOKENIZED"),
            ("pay_later", "EXTERNAL"),
        ]
        card = gateway("GET", f"/paymentmodes/frontend/{CARD}", visitor).json()
        assert card == [shown[1]]
        assert card[0]["environmentKey"] == "environment-key-1"
        assert "access-secret-1" not in str(shown)
        assert gateway("GET", f"/paymentmodes/frontend/{CASH}", visitor).status_code == 404
        assert gateway("GET", "/paymentmodes/config", visitor).status_code in (401, 403)


def test_authorize_capture_refund(gateway: Gateway):
    paid = gateway.pay(amountToAuthorize=19.68, currency="GBP").json()
    assert (paid["successful"], paid["requiresExternalPayment"]) == (True, False)
    assert paid["authorizationToken"]
    own = paid["paymentTransactionId"]

    assert gateway.step(own, "refund").json()["successful"] is False
    first = gateway.step(own, "capture", amount=10, currency="GBP").json()
    assert (first["successful"], first["message"]) == (True, "Success!")
    too_much = gateway.step(own, "capture", amount=9.69, currency="GBP")
    assert (too_much.status_code, too_much.json()["successful"]) == (200, False)
    assert gateway.step(own, "cancel").json()["successful"] is False
    second = gateway.step(own, "capture").json()
    assert gateway.order()["payments"][0]["paidAmount"] == 19.68

    assert refusal(gateway.step(own, "refund", amount=5, currency="GBP")) == (400, "invalid-payment")
    back = gateway.step(own, "refund", amount=9.68, currency="GBP", captureId=second["captureId"]).json()
    assert back == {"successful": True, "message": "Success!"}
    again = gateway.step(own, "refund", amount=0.01, currency="GBP", captureId=second["captureId"])
    assert again.json()["successful"] is False

    found = gateway("GET", f"/transactions/{own}").json()
    assert found["paymentInformation"] == {
        "paymentMode": CARD,
        "creditCardToken": "card-token-1",
        "cardHolderName": "Ella Wright",
    }
    steps = [(entry["type"], entry["successful"]) for entry in found["entries"]]
    assert steps == [
        ("AUTHORIZATION", True),
        ("REFUND", False),
        ("CAPTURE", True),
        ("CAPTURE", False),
        ("CANCEL", False),
        ("CAPTURE", True),
        ("REFUND", True),
        ("REFUND", False),
    ]
    assert not any(name.startswith("_") for name in found)


def test_a_list_of_transactions(gateway: Gateway):
    own = gateway.pay().json()["paymentTransactionId"]
    page = gateway(
        "GET", "/transactions", params={"pageSize": 2, "pageNumber": 2}, headers={"X-Total-Count": "true"}
    )
    assert [found["id"] for found in page.json()] == [own]
    assert page.headers["X-Total-Count"] == "3"
    assert gateway("GET", "/transactions", params={"pageSize": 51}).status_code == 400
    assert gateway("GET", "/transactions/none").status_code == 404


def test_too_much_may_be_refused_by_choice(gateway: Gateway):
    own = gateway.pay().json()["paymentTransactionId"]
    gateway.world.stored.switches["payment-gateway/too-much"] = "refused"
    assert refusal(gateway.step(own, "capture", amount=20, currency="GBP")) == (400, "invalid-payment")


@pytest.mark.parametrize("body", [{"amount": 1, "currency": "EUR"}, {"amount": 0}, {"amount": -1}])
def test_amounts_that_make_no_sense(gateway: Gateway, body: dict[str, Any]):
    own = gateway.pay().json()["paymentTransactionId"]
    assert refusal(gateway.step(own, "capture", **body)) == (400, "invalid-payment")


def test_a_declined_card_is_a_success_that_failed(gateway: Gateway):
    refused = gateway.pay("card-token-declined")
    assert (refused.status_code, refused.json()["successful"]) == (200, False)
    assert "authorizationToken" not in refused.json()
    own = refused.json()["paymentTransactionId"]
    assert gateway("GET", f"/transactions/{own}").json()["entries"][0]["summary"] == "Insufficient funds"
    assert gateway.step(own, "capture").json() == {
        "successful": False,
        "message": "The payment is not authorized.",
    }
    assert gateway.pay("card-token-1").json()["paymentTransactionId"] == own

    weak = gateway.pay("card-token-no-capture").json()["paymentTransactionId"]
    assert gateway.step(weak, "capture").json() == {"successful": False, "message": "Card expired"}
    assert gateway.step(weak, "cancel").json() == {"successful": False, "message": "Card expired"}


def test_a_cancelled_authorization_cannot_be_captured(gateway: Gateway):
    own = gateway.pay().json()["paymentTransactionId"]
    assert gateway.step(own, "cancel").json() == {"successful": True, "message": "Success!"}
    assert gateway.step(own, "capture").json()["successful"] is False
    assert gateway.order()["payments"][0]["status"] == "CAPTURE_SUCCESS"  # that of its first payment
    assert gateway.order()["payments"][1]["status"] == "CAPTURE_FAILURE"


def test_nothing_goes_through_an_invoice(gateway: Gateway):
    own = gateway.pay(None, paymentModeId=INVOICE).json()
    assert own["successful"] is True
    for what in ("capture", "refund", "cancel"):
        refused = gateway.step(own["paymentTransactionId"], what)
        assert refusal(refused) == (422, "unsupported")
        assert refused.json()["message"] == "The payment action is not supported."


def test_nothing_is_captured_twice_and_amounts_may_be_huge(gateway: Gateway):
    own = gateway.pay(amountToAuthorize=1e300).json()["paymentTransactionId"]
    assert gateway.step(own, "capture").json()["successful"] is True
    again = gateway.step(own, "capture").json()
    assert (again["successful"], "captureId" in again) == (False, False)


@pytest.mark.parametrize(
    "wrong", [{"paymentModeId": "none"}, {"paymentModeId": CASH}, {"order": {"id": "EON1"}}, {"order": {}}]
)
def test_payments_of_nothing(gateway: Gateway, wrong: dict[str, Any]):
    assert refusal(gateway.pay(**wrong)) == (400, "invalid-payment")


def test_only_the_right_scope_pays(gateway: Gateway):
    with gateway.world.backend("payment-gateway.capture_manage") as other:
        refused = gateway("POST", "/payment/authorize", other, json={})
    assert refused.status_code == 403
    assert refused.json()["details"] == [
        {"message": "Missing required scopes '[payment-gateway.authorize_manage]'"}
    ]


def test_the_card_holder_confirms_on_a_page_of_the_provider(gateway: Gateway):
    with gateway.world.customer("jonas.brandt@example.com", "Loyal-Points-2") as jonas:
        body = {"order": {"id": "EON1007"}, "paymentModeId": CARD, "creditCardToken": "card-token-2"}
        started = gateway("POST", "/payment/frontend/initialize", jonas, json=body).json()
        assert started["successful"] is True
        assert started["paymentTransactionId"] == "c4e8a1d2-6f3b-4a57-9b1c-000000000002"
        asked = gateway("POST", "/payment/frontend/authorize", jonas, json=body).json()
        assert (asked["successful"], asked["requiresExternalPayment"]) == (True, True)
        assert gateway.order("EON1007")["status"] == "IN_CHECKOUT"

        page = httpx.get(asked["externalPaymentRedirectURL"])
        assert page.json()["redirectUrl"] == "https://shop.example.com/paid"
        order = gateway.order("EON1007")
        assert (order["status"], order["payments"][0]["status"]) == ("CREATED", "AUTHORIZATION_SUCCESS")
        assert httpx.get(asked["externalPaymentRedirectURL"]).status_code == 404


def test_a_card_holder_who_gives_up_declines_the_order(gateway: Gateway):
    url = str(gateway.http.base_url).rstrip("/")
    given_up = httpx.get(f"{url}/payment-gateway/{gateway.world.tenant}/decline/remote-token-3")
    assert given_up.json()["successful"] is False
    order = gateway.order("EON1007")
    assert (order["status"], order["payments"][0]["status"]) == ("DECLINED", "AUTHORIZATION_FAILURE")


def test_a_proof_of_the_card_holder_needs_no_page(gateway: Gateway):
    with gateway.world.customer("jonas.brandt@example.com", "Loyal-Points-2") as jonas:
        body = {"order": {"id": "EON1007"}, "paymentModeId": CARD, "creditCardToken": "card-token-2"}
        proven = {**body, "threeDSToken": "three-ds-token-1"}
        done = gateway("POST", "/payment/frontend/authorize", jonas, json=proven).json()
    assert (done["successful"], done["requiresExternalPayment"]) == (True, False)
    assert gateway.order("EON1007")["status"] == "CREATED"


def test_shoppers_pay_their_own_orders(gateway: Gateway):
    with (
        gateway.world.customer() as mia,
        gateway.world.client(gateway.world.anonymous()["access_token"]) as guest,
    ):
        assert refusal(gateway.pay(http=mia)) == (400, "invalid-payment")
        assert gateway.pay(http=guest).status_code == 200
        foreign = {"order": {"id": "EON1007"}}
        assert refusal(gateway.pay(http=guest, **foreign)) == (400, "invalid-payment")
