#!/usr/bin/env bash
# A checkout with curl. Needs the variables of `emporix-mock up --env-file`.
set -euo pipefail
COFFEE=65d0a1b2c3d4e5f604000002

field() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
ask() { # method, path, token, body
  curl -sS --fail-with-body -X "$1" "$EMPORIX_BASE_URL$2" -H "Authorization: Bearer $3" \
    -H 'Accept-Language: *' ${SAAS:+-H "saas-token: $SAAS"} ${4:+-H 'Content-Type: application/json' -d "$4"}
}
TENANT=$EMPORIX_TENANT

# Who is who: a visitor's session becomes Mia's when she logs in.
VISITOR=$(curl -sS "$EMPORIX_BASE_URL/customerlogin/auth/anonymous/login?tenant=$TENANT&client_id=$EMPORIX_STOREFRONT_CLIENT_ID" \
  | field "['access_token']")
LOGIN=$(ask POST "/customer/$TENANT/login" "$VISITOR" '{"email": "mia.keller@example.com", "password": "Loyal-Points-1"}')
MIA=$(field "['access_token']" <<< "$LOGIN")
SAAS=$(field "['saas_token']" <<< "$LOGIN")

# Her cart, emptied of what she left in it.
CART=$(ask GET "/cart/$TENANT/carts?siteCode=main&type=shopping&create=true" "$MIA" | field "['id']")
ask DELETE "/cart/$TENANT/carts/$CART/discounts" "$MIA"
ask DELETE "/cart/$TENANT/carts/$CART/items" "$MIA"

# Two bags at the price of her session, and a coupon.
PRICE=$(ask POST "/price/$TENANT/match-prices-by-context" "$MIA" \
  "{\"items\": [{\"itemId\": {\"itemType\": \"PRODUCT\", \"id\": \"$COFFEE\"}, \"quantity\": {\"quantity\": 2}}]}")
ask POST "/cart/$TENANT/carts/$CART/items" "$MIA" "{\"itemYrn\": \"urn:yaas:hybris:product:product:$TENANT;$COFFEE\",
  \"quantity\": 2, \"price\": {\"priceId\": \"$(field "[0]['priceId']" <<< "$PRICE")\",
  \"originalAmount\": $(field "[0]['originalValue']" <<< "$PRICE"),
  \"effectiveAmount\": $(field "[0]['effectiveValue']" <<< "$PRICE"), \"currency\": \"EUR\"}}" > /dev/null
ask POST "/cart/$TENANT/carts/$CART/discounts" "$MIA" '{"code": "WELCOME10"}' > /dev/null

# The order.
ADDRESS='"contactName": "Mia Keller", "street": "Lindenallee", "streetNumber": "7", "zipCode": "10115", "city": "Berlin", "country": "DE"'
ORDER=$(ask POST "/checkout/$TENANT/checkouts/order" "$MIA" "{\"cartId\": \"$CART\", \"currency\": \"EUR\",
  \"paymentMethods\": [{\"provider\": \"none\", \"method\": \"invoice\"}],
  \"shipping\": {\"zoneId\": \"germany\", \"methodId\": \"standard\", \"methodName\": \"Standard delivery\",
    \"amount\": 4.9, \"shippingTaxCode\": \"STANDARD\"},
  \"addresses\": [{$ADDRESS, \"type\": \"SHIPPING\"}, {$ADDRESS, \"type\": \"BILLING\"}],
  \"customer\": {\"id\": \"10000001\", \"firstName\": \"Mia\", \"lastName\": \"Keller\", \"email\": \"mia.keller@example.com\"}}" \
  | field "['orderId']")
unset SAAS

# The shop confirms and completes it.
BACKEND=$(curl -sS "$EMPORIX_BASE_URL/oauth/token" -d grant_type=client_credentials -d "client_id=$EMPORIX_CLIENT_ID" \
  -d "client_secret=$EMPORIX_CLIENT_SECRET" | field "['access_token']")
for STATUS in CONFIRMED COMPLETED; do
  ask POST "/order-v2/$TENANT/salesorders/$ORDER/transitions" "$BACKEND" "{\"status\": \"$STATUS\"}"
done
DONE=$(ask GET "/order-v2/$TENANT/salesorders/$ORDER" "$BACKEND")
SUM="['calculatedPrice']"
echo "$ORDER $(field "['status']" <<< "$DONE"): $(field "$SUM['price']['grossValue']" <<< "$DONE") less a tenth" \
  "is $(field "$SUM['discountedPrice']['grossValue']" <<< "$DONE"), with delivery and fees $(field "$SUM['finalPrice']['grossValue']" <<< "$DONE")"
