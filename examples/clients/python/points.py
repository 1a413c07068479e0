"""From points to coupon with generated clients; see the README beside this folder."""

from os import environ

from coupon import AuthenticatedClient as CouponClient
from coupon.api.coupons import get_coupon_retrieve_coupon, post_coupon_validate_coupon
from coupon.models import CouponWithUse, Error, Money, RedemptionCreation
from customer_management import AuthenticatedClient as CustomerClient
from customer_management import Client as VisitorClient
from customer_management.api.tokens import (
    get_oauth_generate_anonymous_access_token,
    post_customer_authenticate_customer,
)
from customer_management.models import AnonymousToken, CustomerToken, Login
from oauth_service import Client as TokenClient
from oauth_service.api.token import post_oauth_request_client_credentials
from oauth_service.models import ServiceToken, ServiceTokenRequest
from reward_points import AuthenticatedClient as PointsClient
from reward_points.api.own_points import (
    get_reward_points_fetch_logged_customer_points,
    post_reward_points_redeem_logged_customer_reward_points_coupon,
)
from reward_points.api.redeem_options import get_reward_points_list_redeem_options
from reward_points.models import RedeemedCoupon, RedeemRequest

URL, TENANT = environ["EMPORIX_BASE_URL"], environ["EMPORIX_TENANT"]

backend = post_oauth_request_client_credentials.sync(
    client=TokenClient(base_url=URL),
    body=ServiceTokenRequest(
        grant_type="client_credentials",
        client_id=environ["EMPORIX_CLIENT_ID"],
        client_secret=environ["EMPORIX_CLIENT_SECRET"],
    ),
)
assert isinstance(backend, ServiceToken), backend

options = get_reward_points_list_redeem_options.sync(
    TENANT, client=PointsClient(base_url=URL, token=backend.access_token)
)
assert isinstance(options, list), options
cheapest = min(options, key=lambda option: option.points)

visitor = get_oauth_generate_anonymous_access_token.sync(
    client=VisitorClient(base_url=URL),
    tenant=TENANT,
    client_id=environ["EMPORIX_STOREFRONT_CLIENT_ID"],
)
assert isinstance(visitor, AnonymousToken), visitor
mia = post_customer_authenticate_customer.sync(
    TENANT,
    client=CustomerClient(base_url=URL, token=visitor.access_token),
    body=Login(email="mia.keller@example.com", password="Loyal-Points-1"),
)
assert isinstance(mia, CustomerToken), mia

own_points = PointsClient(base_url=URL, token=mia.access_token)
before = get_reward_points_fetch_logged_customer_points.sync(client=own_points)
redeemed = post_reward_points_redeem_logged_customer_reward_points_coupon.sync(
    client=own_points, body=RedeemRequest(id=cheapest.id)
)
assert isinstance(redeemed, RedeemedCoupon), redeemed
after = get_reward_points_fetch_logged_customer_points.sync(client=own_points)

coupons = CouponClient(base_url=URL, token=mia.access_token)
coupon = get_coupon_retrieve_coupon.sync(TENANT, redeemed.code, client=coupons)
assert isinstance(coupon, CouponWithUse), coupon
order = RedemptionCreation(
    order_total=Money(amount=50, currency="EUR"), discount=Money(amount=5, currency="EUR")
)
allowed = post_coupon_validate_coupon.sync_detailed(TENANT, redeemed.code, client=coupons, body=order)
refused = post_coupon_validate_coupon.sync_detailed(TENANT, "NO-SUCH-CODE", client=coupons, body=order)
assert isinstance(refused.parsed, Error), refused

print(f"{coupon.name}: {before} - {cheapest.points} = {after} points;", end=" ")
print(f"its coupon {allowed.status_code}, no coupon {refused.status_code}")
