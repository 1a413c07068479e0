import { Emporix } from "./emporix.js";

const settings = new URLSearchParams(location.search);
const tenant = settings.get("tenant") ?? "acme";
const emporix = new Emporix(
  settings.get("api") ?? "http://127.0.0.1:8080",
  tenant,
  settings.get("client") ?? `${tenant}-storefront`,
);
const state = { language: "en", category: null, words: "", cart: null, deliveries: [] };
const byId = (id) => document.getElementById(id);

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return Object.assign(made, attributes);
}

function money(amount, currency) {
  return new Intl.NumberFormat(state.language, { style: "currency", currency }).format(amount);
}

const text = (value) => (typeof value === "string" ? value : (value?.[state.language] ?? value?.en ?? ""));

async function attempt(action) {
  byId("message").textContent = "";
  document.body.setAttribute("aria-busy", "true");
  try {
    await action();
  } catch (error) {
    byId("message").textContent = error.message;
  }
  document.body.removeAttribute("aria-busy");
}

// Catalogue

function idsBelow(category) {
  return [category.id, ...(category.subcategories ?? []).flatMap(idsBelow)];
}

function menu(categories) {
  const list = element("ul");
  for (const category of categories) {
    const entry = element("li");
    const choose = element("button", text(category.localizedName), {
      onclick: () => {
        state.category = state.category?.id === category.id ? null : category;
        attempt(() => Promise.all([showCategories(), showProducts()]));
      },
    });
    if (state.category?.id === category.id) choose.setAttribute("aria-current", "true");
    entry.append(choose);
    if (category.subcategories?.length) entry.append(menu(category.subcategories));
    list.append(entry);
  }
  return list;
}

async function showCategories() {
  byId("categories").replaceChildren(menu(await emporix.categories()));
}

async function showProducts() {
  const products = await emporix.products({
    categories: state.category ? idsBelow(state.category) : null,
    words: state.words,
    language: state.language,
  });
  const ids = products.map((product) => product.id);
  const [prices, stock] = await Promise.all([emporix.prices(ids), emporix.stock(ids)]);
  const cards = products
    .filter((product) => prices.has(product.id))
    .map((product) => card(product, prices.get(product.id), stock.get(product.id)));
  byId("products").replaceChildren(...(cards.length ? cards : [element("p", "Nothing found.")]));
}

function card(product, price, record) {
  const made = element("article");
  made.dataset.code = product.code;
  const image = element("img", undefined, { alt: "", loading: "lazy" });
  if (product.media?.[0]) image.src = product.media[0].url;
  const cost = element("p", undefined, { className: "price" });
  if (price.effectiveValue < price.originalValue)
    cost.append(element("s", money(price.originalValue, price.currency)));
  cost.append(money(price.effectiveValue, price.currency));
  const there = record?.available;
  const add = element("button", there ? "Add to cart" : "Sold out", {
    disabled: !there,
    onclick: () =>
      attempt(async () => {
        await emporix.add(state.cart, product, price);
        await showCart();
      }),
  });
  made.append(image, element("h3", text(product.name)), element("p", text(product.description)), cost, add);
  return made;
}

// Cart

async function showCart() {
  const cart = (state.cart = await emporix.cart());
  const items = cart.items ?? [];
  const ids = items.map((item) => item.product?.id ?? item.itemYrn.split(";").pop());
  const products = await emporix.named(ids, state.language);
  byId("lines").replaceChildren(...items.map((item, place) => line(item, products.get(ids[place]))));
  const sums = cart.calculatedPrice ?? {};
  const rows = [
    ["Goods", sums.price?.grossValue],
    ["Discount", sums.totalDiscount?.price ? -sums.totalDiscount.price.grossValue : undefined],
    ["Delivery", sums.totalShipping?.grossValue],
    ["Fees", sums.totalFee?.grossValue],
    ["Tax included", sums.finalPrice?.taxValue],
    ["Total", sums.finalPrice?.grossValue],
  ];
  const shown = rows.filter(([name, amount]) => amount || name === "Total");
  byId("totals").replaceChildren(
    ...shown.flatMap(([name, amount]) => {
      const className = name === "Total" ? "sum" : "";
      return [element("dt", name, { className }), element("dd", money(amount ?? 0, cart.currency), { className })];
    }),
  );
  await showDeliveries();
}

function line(item, product) {
  const made = element("li");
  const quantity = element("input", undefined, {
    type: "number",
    min: 0,
    value: item.quantity,
    ariaLabel: "Quantity",
    onchange: (event) =>
      attempt(async () => {
        await emporix.change(state.cart, item, Number(event.target.value));
        await showCart();
      }),
  });
  const remove = element("button", "×", {
    title: "Remove",
    onclick: () =>
      attempt(async () => {
        await emporix.change(state.cart, item, 0);
        await showCart();
      }),
  });
  const sum = item.calculatedPrice?.finalPrice?.grossValue ?? 0;
  made.append(
    element("span", text(product?.name)),
    quantity,
    element("span", money(sum, state.cart.currency), { className: "amount" }),
    remove,
  );
  return made;
}

async function showDeliveries() {
  const form = byId("checkout");
  const zones = await emporix.deliveries(state.cart, form.zipCode.value || "20457");
  state.deliveries = zones.flatMap(({ zone, methods }) => methods.map((method) => ({ zone, method })));
  form.method.replaceChildren(
    ...state.deliveries.map(({ method }, place) =>
      element("option", `${text(method.name)} ${money(method.fee.amount, method.fee.currency)} net`, { value: place }),
    ),
  );
}

// Who is here

async function showCustomer() {
  const customer = emporix.customer;
  byId("login").hidden = Boolean(customer);
  byId("customer").hidden = !customer;
  if (!customer) return;
  byId("name").textContent = `${customer.firstName} ${customer.lastName}`;
  byId("points").textContent = `${await emporix.points()} points`;
  const form = byId("checkout");
  const address = customer.addresses?.[0] ?? {};
  form.firstName.value = customer.firstName;
  form.lastName.value = customer.lastName;
  form.email.value = customer.contactEmail;
  form.street.value = [address.street, address.streetNumber].filter(Boolean).join(" ");
  form.zipCode.value = address.zipCode ?? "";
  form.city.value = address.city ?? "";
}

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const { email, password } = event.target;
  attempt(async () => {
    const before = state.cart;
    await emporix.login(email.value, password.value);
    const own = await emporix.cart();
    if (own.id !== before.id && before.items?.length) await emporix.merge(own, before.id);
    await showCustomer();
    await showCart();
  });
});

byId("logout").addEventListener("click", () =>
  attempt(async () => {
    await emporix.logout();
    await showCustomer();
    await showCart();
  }),
);

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  state.words = event.target.words.value.trim();
  attempt(showProducts);
});

byId("language").addEventListener("change", (event) => {
  state.language = event.target.value;
  attempt(() => Promise.all([showCategories(), showProducts(), showCart()]));
});

byId("coupon").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await emporix.apply(state.cart, event.target.code.value.trim());
    event.target.reset();
    await showCart();
  });
});

byId("checkout").zipCode.addEventListener("change", () => attempt(showDeliveries));

byId("checkout").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(async () => {
    const fields = ["firstName", "lastName", "email", "street", "zipCode", "city"];
    const buyer = Object.fromEntries(fields.map((name) => [name, form[name].value]));
    const chosen = state.deliveries[Number(form.method.value)];
    const delivery = { ...chosen, method: { ...chosen.method, name: text(chosen.method.name) } };
    byId("order").textContent = `Thank you. Your order is ${await emporix.order(state.cart, buyer, delivery)}.`;
    await showCart();
    await showCustomer();
  });
});

attempt(async () => {
  await emporix.visit();
  await Promise.all([showCategories(), showProducts(), showCart()]);
  document.body.dataset.ready = "true";
});
