/** Pages without any tool: the unpacked package lies on a static host, and two lines of HTML do the rest. */
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pack, samples, unpack, workshop } from "./support/package.mjs";
import { serve, stage } from "./support/stage.mjs";
import { DOG, showsMap } from "./support/view.mjs";

const plain = fileURLToPath(new URL("fixtures/plain/", import.meta.url));

/**
 * The least that a strict policy has to allow if everything is the site's own. (`data:` is these pages'
 * icon.)
 */
const leastPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "img-src 'self' data:",
];

const withPage = stage();
let shop;
/** A site with the package in a folder. */
let site;
/** A host that has the package and nothing else, and lets other sites have it. */
let cdn;
let integrity;

before(async () => {
  shop = await workshop();
  const at = (...path) => join(shop.folder, ...path);
  await unpack(await pack(shop.folder), at("package"));
  await cp(plain, at("site"), { recursive: true });
  await cp(at("package/dist"), at("site/candling"), { recursive: true });
  await cp(join(samples, "dog_cat.jpg"), at("site/dog_cat.jpg"));
  integrity = JSON.parse(await readFile(at("package/dist/integrity.json"), "utf8"));
  cdn = await serve(at("package/dist"), { headers: { "Access-Control-Allow-Origin": "*" } });
  site = await serve(at("site"));
});
after(async () => {
  await site?.close();
  await cdn?.close();
  await shop?.remove();
});

const at = (...path) => join(shop.folder, "site", ...path);
const showsDog = (page) => showsMap(page, DOG);

/** Opens a document that is no file of the site, under a policy, with the site's files around it. */
async function withDocument(body, { policy, ...options }, then) {
  const headers = policy === undefined ? {} : { "Content-Security-Policy": policy.join("; ") };
  const server = await serve(at(), { headers, pages: { "/page": { body } } });
  try {
    await withPage(`${server.origin}/page`, then, options);
  } finally {
    await server.close();
  }
}

/** The page of two lines, with other attributes on its script. */
const twoLines = (attributes, { head = "", view = "" } = {}) => `<!doctype html>
  <title>Two lines</title><link rel="icon" href="data:,">${head}
  <script type="module" ${attributes}></script>
  <candling-view target="German Shepherd" ${view}><img src="/dog_cat.jpg" alt="" width="600"></candling-view>`;

test("two lines", () => withPage(`${site.origin}/module.html`, showsDog));

test("only the script is fetched before the reader asks, and then what the README counts", () =>
  withDocument(
    twoLines('src="/candling/candling-view.js"', { view: 'reveal="interaction"' }),
    {},
    async (page) => {
      // Workers' own requests are the context's.
      const asked = new Set();
      page.context().on("request", (request) => asked.add(new URL(request.url()).pathname));
      await page.reload();
      await page.waitForLoadState("networkidle");
      const code = () =>
        [...asked]
          .filter((path) => path.startsWith("/candling/"))
          .map((path) => path.replace("/candling/", ""));
      assert.deepEqual(code(), ["candling-view.js"]);
      await page.getByRole("button").click();
      await showsDog(page);
      assert.deepEqual(code().sort(), [
        "candling-view.js",
        "candling-worker.js",
        "candling.js",
        "models/efficientnet-lite0.safetensors",
        "relaxed-simd/candling_wasm.js",
        "relaxed-simd/candling_wasm_bg.wasm",
      ]);
    },
  ));

test("two lines with a classic script", () => withPage(`${site.origin}/classic.html`, showsDog));

test("a frame, in a page of another site", async () => {
  const address = `${site.origin}/candling/embed.html?src=/dog_cat.jpg&target=German+Shepherd`;
  const body = `<!doctype html><title>A frame</title><link rel="icon" href="data:,">
    <iframe src="${address}" width="600" height="500"></iframe>`;
  const policy = ["default-src 'none'", `frame-src ${site.origin}`, "img-src data:"];
  await withDocument(body, { policy, origins: [site.origin] }, async (page) => {
    await showsDog(await (await page.waitForSelector("iframe")).contentFrame());
  });
});

test("copies of the script, of two versions, do not collide: the first serves all", async () => {
  const other = at("candling-of-another-version");
  await cp(at("candling"), other, { recursive: true });
  for (const name of ["candling-view.js", "candling.js"]) {
    await writeFile(
      join(other, name),
      `${await readFile(join(other, name), "utf8")}\n(window.ofOther ??= []).push("${name}");\n`,
    );
  }
  await withPage(`${site.origin}/copies.html`, async (page) => {
    await showsDog(page);
    await page.waitForFunction(() =>
      [...document.querySelectorAll("candling-view")].every(({ state }) => state === "ready"),
    );
    assert.deepEqual(
      await page.evaluate(() => window.ofOther),
      ["candling-view.js"],
      "what ran of the other version",
    );
    assert.equal(page.workers().length, 1, "one engine");
  });
});

describe("a strict policy", () => {
  const open = (policy, expected, then) =>
    withDocument(twoLines('src="/candling/candling-view.js"'), { policy, expected }, then);

  test("the least one is enough", () => open(leastPolicy, undefined, showsDog));

  for (const needed of [" 'wasm-unsafe-eval'", "connect-src 'self'"]) {
    test(`without ${needed.trim()} the element says in words that it cannot`, () =>
      open(
        leastPolicy.map((directive) => directive.replace(needed, "")),
        /Content Security Policy|Refused/,
        async (page) => {
          const error = await page.waitForFunction(() => {
            const view = document.querySelector("candling-view");
            return view.state === "error" && view.shadowRoot.querySelector("[part=error]").textContent;
          });
          assert.match(await error.jsonValue(), /content security policy|could not be loaded/);
        },
      ));
  }
});

test("all of the package from another origin, under a policy that names it", () =>
  withDocument(
    twoLines(`src="${cdn.origin}/candling-view.js" crossorigin`),
    {
      policy: [
        "default-src 'none'",
        `script-src ${cdn.origin} 'wasm-unsafe-eval'`,
        // A worker's static imports are asked under worker-src as it is itself.
        `worker-src blob: ${cdn.origin}`,
        `connect-src ${cdn.origin}`,
        "img-src 'self' data:",
      ],
      origins: [cdn.origin],
    },
    async (page) => {
      await showsDog(page);
      const asked = await page.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin),
      );
      assert.ok(asked.includes(cdn.origin));
    },
  ));

test("the classic script of another origin", () =>
  withDocument(
    twoLines(`src="${cdn.origin}/candling-view.classic.js"`).replace('type="module"', "defer"),
    { origins: [cdn.origin] },
    showsDog,
  ));

describe("subresource integrity", () => {
  const script = (hash) => `src="/candling/candling-view.js" integrity="${hash}"`;
  const importMap = (hash) =>
    `<script type="importmap">${JSON.stringify({ integrity: { "/candling/candling.js": hash } })}</script>`;
  const right = () => integrity["candling-view.js"];
  /** A hash of the right form, of another file. */
  const wrong = () => integrity["candling-worker.js"];

  test("the right hashes are accepted", () =>
    withDocument(twoLines(script(right()), { head: importMap(integrity["candling.js"]) }), {}, showsDog));

  test("a script with another hash is refused", () =>
    withDocument(twoLines(script(wrong())), { expected: /integrity/ }, async (page) => {
      await page.waitForLoadState("load");
      assert.equal(await page.evaluate(() => customElements.get("candling-view")), undefined);
      assert.equal(
        await page.$eval("img", (image) => image.naturalWidth > 0),
        true,
        "the photo is there all the same",
      );
    }));

  test("so is a client with another hash in the import map", () =>
    withDocument(
      twoLines(script(right()), { head: importMap(wrong()) }),
      { expected: /integrity/ },
      async (page) => {
        await page.waitForFunction(() => document.querySelector("candling-view").state === "error");
      },
    ));
});
