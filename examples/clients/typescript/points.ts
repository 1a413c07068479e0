// From points to coupon with generated types; see the README beside this folder.

import createClient from "openapi-fetch";
import type { paths as Coupons } from "./coupon.js";
import type { paths as Customers } from "./customer-management.js";
import type { paths as Tokens } from "./oauth-service.js";
import type { paths as Points } from "./reward-points.js";

const { EMPORIX_BASE_URL: baseUrl, EMPORIX_TENANT: tenant = "" } = process.env;
const { EMPORIX_CLIENT_ID = "", EMPORIX_CLIENT_SECRET = "", EMPORIX_STOREFRONT_CLIENT_ID = "" } = process.env;
const path = { tenant };

// What an operation answered with success; anything else ends the program.
function told<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url} ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const bearer = (token?: string) => ({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const backend = told(
  await createClient<Tokens>({ baseUrl }).POST("/oauth/token", {
    body: {
      grant_type: "client_credentials",
      client_id: EMPORIX_CLIENT_ID,
      client_secret: EMPORIX_CLIENT_SECRET,
    },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const options = told(
  await createClient<Points>(bearer(backend.access_token)).GET("/reward-points/{tenant}/redeemOptions", {
    params: { path },
  }),
);
const cheapest = options.reduce((best, each) => (each.points < best.points ? each : best));

const visitor = told(
  await createClient<Customers>({ baseUrl }).GET("/customerlogin/auth/anonymous/login", {
    params: { query: { tenant, client_id: EMPORIX_STOREFRONT_CLIENT_ID } },
  }),
);
const mia = told(
  await createClient<Customers>(bearer(visitor.access_token)).POST("/customer/{tenant}/login", {
    params: { path },
    body: { email: "mia.keller@example.com", password: "Loyal-Points-1" },
  }),
);

const points = createClient<Points>(bearer(mia.access_token));
const before = told(await points.GET("/reward-points/public/customer"));
const { code } = told(
  await points.POST("/reward-points/public/customer/redeem", { body: { id: cheapest.id ?? "" } }),
);
const after = told(await points.GET("/reward-points/public/customer"));

const coupons = createClient<Coupons>(bearer(mia.access_token));
const coupon = told(
  await coupons.GET("/coupon/{tenant}/coupons/{code}", { params: { path: { tenant, code: code ?? "" } } }),
);
const check = (code = "") =>
  coupons.POST("/coupon/{tenant}/coupons/{code}/validation", {
    params: { path: { tenant, code } },
    body: {
      orderTotal: { amount: 50, currency: "EUR" },
      discount: { amount: 5, currency: "EUR" },
    },
  });
const allowed = await check(code);
const refused = await check("NO-SUCH-CODE");

console.log(
  `${coupon.name}: ${before} - ${cheapest.points} = ${after} points;`,
  `its coupon ${allowed.response.status}, no coupon ${refused.response.status}`,
);
