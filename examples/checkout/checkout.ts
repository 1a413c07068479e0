// A checkout with fetch. Needs the variables of `emporix-mock up --env-file`.

const { EMPORIX_BASE_URL: base, EMPORIX_TENANT: tenant } = process.env;
const { EMPORIX_CLIENT_ID, EMPORIX_CLIENT_SECRET, EMPORIX_STOREFRONT_CLIENT_ID } = process.env;
const coffee = "65d0a1b2c3d4e5f604000002";

interface Token {
  access_token: string;
  saas_token?: string;
}
interface Price {
  priceId: string;
  originalValue: number;
  effectiveValue: number;
  currency: string;
}
interface Amount {
  grossValue: number;
}
interface Order {
  status: string;
  calculatedPrice: Record<"price" | "discountedPrice" | "finalPrice", Amount>;
}

// The content of an answer; anything but success ends the program.
async function ask<T>(method: string, path: string, token?: string, body?: unknown, more = {}): Promise<T> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      "Accept-Language": "*",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && !(body instanceof URLSearchParams) && { "Content-Type": "application/json" }),
      ...more,
    },
    body: body === undefined ? null : body instanceof URLSearchParams ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} ${answer.status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

// Who is who: a visitor's session becomes Mia's when she logs in.
const session = `tenant=${tenant}&client_id=${EMPORIX_STOREFRONT_CLIENT_ID}`;
const visitor = await ask<Token>("GET", `/customerlogin/auth/anonymous/login?${session}`);
const credentials = { email: "mia.keller@example.com", password: "Loyal-Points-1" };
const login = await ask<Token>("POST", `/customer/${tenant}/login`, visitor.access_token, credentials);
const mia = login.access_token;

// Her cart, emptied of what she left in it.
const mine = `/cart/${tenant}/carts?siteCode=main&type=shopping&create=true`;
const { id: cart } = await ask<{ id: string }>("GET", mine, mia);
await ask("DELETE", `/cart/${tenant}/carts/${cart}/discounts`, mia);
await ask("DELETE", `/cart/${tenant}/carts/${cart}/items`, mia);

// Two bags at the price of her session, and a coupon.
const items = [{ itemId: { itemType: "PRODUCT", id: coffee }, quantity: { quantity: 2 } }];
const [price] = await ask<Price[]>("POST", `/price/${tenant}/match-prices-by-context`, mia, { items });
if (price === undefined) throw new Error("the coffee has no price here");
await ask("POST", `/cart/${tenant}/carts/${cart}/items`, mia, {
  itemYrn: `urn:yaas:hybris:product:product:${tenant};${coffee}`,
  quantity: 2,
  price: {
    priceId: price.priceId,
    originalAmount: price.originalValue,
    effectiveAmount: price.effectiveValue,
    currency: price.currency,
  },
});
await ask("POST", `/cart/${tenant}/carts/${cart}/discounts`, mia, { code: "WELCOME10" });

// The order.
const address = {
  contactName: "Mia Keller",
  street: "Lindenallee",
  streetNumber: "7",
  zipCode: "10115",
  city: "Berlin",
  country: "DE",
};
const { orderId } = await ask<{ orderId: string }>(
  "POST",
  `/checkout/${tenant}/checkouts/order`,
  mia,
  {
    cartId: cart,
    currency: "EUR",
    paymentMethods: [{ provider: "none", method: "invoice" }],
    shipping: {
      zoneId: "germany",
      methodId: "standard",
      methodName: "Standard delivery",
      amount: 4.9,
      shippingTaxCode: "STANDARD",
    },
    addresses: ["SHIPPING", "BILLING"].map((type) => ({ ...address, type })),
    customer: { id: "10000001", firstName: "Mia", lastName: "Keller", email: credentials.email },
  },
  { "saas-token": login.saas_token },
);

// The shop confirms and completes it.
const key = new URLSearchParams({
  grant_type: "client_credentials",
  client_id: EMPORIX_CLIENT_ID ?? "",
  client_secret: EMPORIX_CLIENT_SECRET ?? "",
});
const backend = (await ask<Token>("POST", "/oauth/token", undefined, key)).access_token;
const path = `/order-v2/${tenant}/salesorders/${orderId}`;
for (const status of ["CONFIRMED", "COMPLETED"]) await ask("POST", `${path}/transitions`, backend, { status });
const { status, calculatedPrice: sums } = await ask<Order>("GET", path, backend);
console.log(
  `${orderId} ${status}: ${sums.price.grossValue} less a tenth is ${sums.discountedPrice.grossValue},`,
  `with delivery and fees ${sums.finalPrice.grossValue}`,
);
