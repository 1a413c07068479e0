// The calls that a storefront makes, in the order in which it makes them. Nothing here knows that the
// other side is a mock: change the base URL and it talks to a real tenant.

export class Emporix {
  constructor(base, tenant, clientId, site = "main") {
    Object.assign(this, { base, tenant, clientId, site, token: null, saasToken: null, customer: null });
  }

  async ask(method, path, { body, headers = {}, query } = {}) {
    const url = new URL(path.replaceAll("{tenant}", this.tenant), this.base);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const answer = await fetch(url, {
      method,
      headers: {
        "Accept-Language": "*", // or the browser sends its own, and a language that the tenant lacks is refused
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const content = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
    if (!answer.ok) {
      const details = (content.details ?? []).map((detail) => detail.message ?? detail).join("; ");
      const message = details || content.message || `${answer.status} ${answer.statusText}`;
      throw Object.assign(new Error(message), { status: answer.status });
    }
    return content;
  }

  // Sessions

  async visit() {
    const query = { tenant: this.tenant, client_id: this.clientId, siteCode: this.site };
    this.token = (await this.ask("GET", "/customerlogin/auth/anonymous/login", { query })).access_token;
  }

  async login(email, password) {
    const found = await this.ask("POST", "/customer/{tenant}/login", { body: { email, password } });
    this.token = found.access_token;
    this.saasToken = found.saas_token;
    this.customer = await this.ask("GET", "/customer/{tenant}/me", { query: { expand: "addresses" } });
    return this.customer;
  }

  async logout() {
    await this.ask("GET", "/customer/{tenant}/logout", { query: { accessToken: this.token } });
    this.customer = this.saasToken = this.token = null;
    await this.visit();
  }

  // A customer who never earned any has no account, which is a 404.
  async points() {
    try {
      return await this.ask("GET", "/reward-points/public/customer");
    } catch (error) {
      if (error.status === 404) return 0;
      throw error;
    }
  }

  // Catalogue

  // The category trees that the catalogs of the site show.
  async categories() {
    const [catalogs, trees] = await Promise.all([
      this.ask("GET", "/catalog/{tenant}/catalogs", { query: { q: `publishedSites:${this.site}` } }),
      this.ask("GET", "/category/{tenant}/category-trees"),
    ]);
    const roots = catalogs.flatMap((catalog) => catalog.categoryIds);
    return trees.filter((tree) => roots.includes(tree.id));
  }

  // The products of these ids; carts name only those.
  async named(ids, language) {
    if (!ids.length) return new Map();
    const products = await this.ask("POST", "/product/{tenant}/products/search", {
      body: { q: `id:(${ids.join(",")})` },
      query: { pageSize: ids.length },
      headers: { "Accept-Language": language },
    });
    return new Map(products.map((product) => [product.id, product]));
  }

  products({ categories, words, language }) {
    const q = ["productType:(BASIC,BUNDLE,VARIANT)"];
    if (categories) q.push(`categoryIds:(${categories.join(",")})`);
    if (words) q.push(`name.${language}:~(${words})`);
    return this.ask("POST", "/product/{tenant}/products/search", {
      body: { q: q.join(" ") },
      query: { pageSize: 60, sort: "code:asc" },
      headers: { "Accept-Language": language },
    });
  }

  async prices(ids) {
    const found = new Map();
    for (let from = 0; from < ids.length; from += 50) {
      const items = ids.slice(from, from + 50).map((id) => ({
        itemId: { itemType: "PRODUCT", id },
        quantity: { quantity: 1 },
      }));
      const prices = await this.ask("POST", "/price/{tenant}/match-prices-by-context", { body: { items } });
      for (const price of prices) found.set(price.itemId.id, price);
    }
    return found;
  }

  async stock(ids) {
    const records = await this.ask("POST", "/availability/{tenant}/availability/search", {
      body: ids,
      query: { site: this.site, pageSize: ids.length || 1 },
    });
    return new Map(records.map((record) => [record.productId, record]));
  }

  // Cart

  async cart() {
    const query = { siteCode: this.site, type: "shopping", create: "true" };
    const { id } = await this.ask("GET", "/cart/{tenant}/carts", { query });
    return this.ask("GET", `/cart/{tenant}/carts/${id}`);
  }

  add(cart, product, price, quantity = 1) {
    return this.ask("POST", `/cart/{tenant}/carts/${cart.id}/items`, {
      query: { siteCode: this.site },
      body: {
        itemYrn: `urn:yaas:hybris:product:product:${this.tenant};${product.id}`,
        quantity,
        price: {
          priceId: price.priceId,
          originalAmount: price.originalValue,
          effectiveAmount: price.effectiveValue,
          currency: price.currency,
        },
      },
    });
  }

  change(cart, item, quantity) {
    const path = `/cart/{tenant}/carts/${cart.id}/items/${item.id}`;
    if (quantity === 0) return this.ask("DELETE", path);
    return this.ask("PUT", path, { query: { partial: "true" }, body: { quantity } });
  }

  apply(cart, code) {
    return this.ask("POST", `/cart/{tenant}/carts/${cart.id}/discounts`, { body: { code } });
  }

  merge(cart, other) {
    return this.ask("POST", `/cart/{tenant}/carts/${cart.id}/merge`, { body: { carts: [other] } });
  }

  // Checkout

  deliveries(cart, zipCode) {
    const address = { zipCode, country: "DE" };
    return this.ask("POST", `/shipping/{tenant}/${this.site}/quote`, {
      body: {
        cartTotal: { amount: cart.calculatedPrice?.price?.grossValue ?? 0, currency: cart.currency },
        shipFromAddress: { zipCode: "10115", country: "DE" },
        shipToAddress: address,
      },
    });
  }

  async order(cart, buyer, { zone, method }) {
    const address = {
      contactName: `${buyer.firstName} ${buyer.lastName}`,
      street: buyer.street,
      zipCode: buyer.zipCode,
      city: buyer.city,
      country: "DE",
    };
    const { firstName, lastName, email } = buyer;
    const who = this.customer ? { id: this.customer.id } : { guest: true };
    const found = await this.ask("POST", "/checkout/{tenant}/checkouts/order", {
      headers: this.saasToken ? { "saas-token": this.saasToken } : {},
      body: {
        cartId: cart.id,
        currency: cart.currency,
        paymentMethods: [{ provider: "none", method: "invoice" }],
        shipping: {
          zoneId: zone.id,
          methodId: method.id,
          methodName: method.name,
          amount: method.fee.amount,
          shippingTaxCode: method.shippingTaxCode,
        },
        addresses: ["SHIPPING", "BILLING"].map((type) => ({ ...address, type })),
        customer: { ...who, firstName, lastName, email },
      },
    });
    return found.orderId;
  }
}
