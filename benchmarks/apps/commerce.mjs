// A stateful mock of another commerce platform; its own API, categories in the place of our documents.
import { CommercetoolsMock } from "@labdigital/commercetools-mock";

const [port, documents] = process.argv.slice(2).map(Number);
const mock = new CommercetoolsMock({ enableAuthentication: false, validateCredentials: false, defaultProjectKey: "bench", silent: true });
const made = await mock.app.inject({
  method: "POST",
  url: "/bench/categories",
  payload: { key: "k0", name: { en: "Category 0" }, slug: { en: "category-0" } },
});
for (let n = 1; n < documents; n++) {
  // The others go in at once, as copies of what its API made of the first.
  const copy = { ...made.json(), id: crypto.randomUUID(), key: `k${n}` };
  await mock.project("bench").unsafeAdd("category", { ...copy, name: { en: `Category ${n}` }, slug: { en: `category-${n}` } });
}
await mock.runServer(port);
