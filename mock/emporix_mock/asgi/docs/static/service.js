"use strict";

const documentUrl = document.body.dataset.document;
const form = document.getElementById("caller");
const person = document.getElementById("person");
const signed = document.getElementById("signed");

// The API takes client id and secret in the form; Swagger UI's dialog would send them as Basic credentials.
const credentialsInForm = {
  statePlugins: {
    auth: {
      wrapActions: {
        authorizeApplication: (_original, system) => (auth) =>
          system.authActions.authorizeRequest({
            body: new URLSearchParams({
              grant_type: "client_credentials",
              client_id: auth.clientId || "",
              client_secret: auth.clientSecret || "",
              ...(auth.scopes.length ? { scope: auth.scopes.join(" ") } : {}),
            }).toString(),
            name: auth.name,
            url: auth.schema.get("tokenUrl"),
            auth,
          }),
      },
    },
  },
};

const ui = SwaggerUIBundle({
  url: documentUrl,
  dom_id: "#swagger",
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  showExtensions: true,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [credentialsInForm],
  onComplete: ready,
});
window.ui = ui;

function ready() {
  const schemes = ui.specSelectors.securityDefinitions();
  form.hidden = !schemes || schemes.size === 0;
  const tenant = form.elements.tenant.value;
  ui.initOAuth({ clientId: `${tenant}-backend`, clientSecret: `${tenant}-backend-secret` });
}

async function answer(url, options) {
  const response = await fetch(url, options);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function keyToken(id) {
  const body = new URLSearchParams({
    grant_type: "client_credentials", client_id: id, client_secret: `${id}-secret`,
  });
  return (await answer("/oauth/token", { method: "POST", body })).access_token;
}

async function visitorToken(tenant) {
  const query = new URLSearchParams({ tenant, client_id: `${tenant}-storefront` });
  return (await answer(`/customerlogin/auth/anonymous/login?${query}`)).access_token;
}

async function customerToken(tenant, email, password) {
  const found = await answer(`/customer/${tenant}/login`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await visitorToken(tenant)}`, "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return found.access_token;
}

// One caller at a time: whoever calls sends the same token to every operation that asks for one.
function authorize(token) {
  ui.specSelectors.securityDefinitions().forEach((schema, name) => {
    if (schema.get("type") === "oauth2") {
      ui.authActions.authorizeOauth2({ auth: { name, schema }, token: { access_token: token } });
    } else {
      ui.authActions.authorize({ [name]: { name, schema, value: token } });
    }
  });
}

async function suggestPerson() {
  const { tenant, email, password } = form.elements;
  if (email.value) return;
  const url = `/_mock/worlds/${tenant.value}/documents/customer-management/accounts`;
  const account = (await answer(url)).find((each) => each.password);
  if (account) {
    email.value = account.id;
    password.value = account.password;
  }
}

function say(text, refused) {
  signed.textContent = text;
  signed.classList.toggle("refused", refused);
}

form.elements.kind.addEventListener("change", async () => {
  person.hidden = form.elements.kind.value !== "customer";
  if (!person.hidden) await suggestPerson().catch((error) => say(error.message, true));
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { tenant, kind, email, password } = form.elements;
  const ways = {
    backend: () => keyToken(`${tenant.value}-backend`),
    limited: () => keyToken(`${tenant.value}-limited`),
    visitor: () => visitorToken(tenant.value),
    customer: () => customerToken(tenant.value, email.value, password.value),
  };
  try {
    authorize(await ways[kind.value]());
    say(`Calling as ${kind.value === "customer" ? email.value : `${kind.value} of ${tenant.value}`}.`, false);
  } catch (error) {
    say(error.message, true);
  }
});
