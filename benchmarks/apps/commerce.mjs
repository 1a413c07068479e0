// A stateful mock of another commerce platform; its own API, categories in the place of our documents.
import { CommercetoolsMock } from "@labdigital/commercetools-mock";

const [port, documents] = process.argv.slice(2).map(Number);
const mock = new CommercetoolsMock({ enableAuthentication: false, validateCredentials: false, defaultProjectKey: "bench", silent: true });
for (let n = 0; n < documents; n++) {
  await mock.app.inject({
    method: "POST",
    url: "/bench/categories",
    payload: { key: `k${n}`, name: { en: `Category ${n}` }, slug: { en: `category-${n}` } },
  });
}
await mock.runServer(port);
