/** Nothing leaves the page, the policy is in force, and what is shipped is small. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { openSettings } from "./support/lab.mjs";
import { emptyPage, idle, openLab, stage } from "./support/stage.mjs";

/** The lab's page, style, scripts and wasm, before the weights. */
const BUDGET_BYTES = 300_000;

const www = new URL("../../www/", import.meta.url);
const { origin, withPage } = stage();

test("a whole visit asks this origin only, for files of the site only", async () => {
  await withPage(async (page, requests) => {
    await openLab(page);
    for (const sample of ["macaw.jpg", "guitar_drums.jpg"]) {
      await page.click(`#samples [data-file="${sample}"]`);
      await page.waitForSelector(`#samples [data-file="${sample}"][aria-pressed="true"]`);
      await idle(page);
    }
    await openSettings(page);
    await page.selectOption("#fit", "crop");
    await page.selectOption("#method", "layer-cam");
    await idle(page);
    await page.setInputFiles("#file", {
      name: "mine.png",
      mimeType: "image/png",
      buffer: await page.screenshot(),
    });
    await page.waitForFunction(() => document.querySelector("#photo-name").textContent === "mine.png");
    await idle(page);
    assert.ok(requests.length > 8);
    for (const url of requests)
      assert.match(url, new RegExp(`^${origin()}/[\\w./-]*$`), "a plain address, no query");
  });
});

test("the policy of the header is the page's own as well, and it holds", async () => {
  await withPage(
    async (page) => {
      const header = (await page.goto("/")).headers()["content-security-policy"];
      const meta = await page.$eval('meta[http-equiv="Content-Security-Policy"]', ({ content }) => content);
      assert.equal(header, `${meta}; frame-ancestors 'self'`);
      assert.doesNotMatch(meta, /unsafe-inline|'unsafe-eval'|https?:|\*/);
      const blocked = await page.evaluate(
        () =>
          new Promise((resolve) => {
            const seen = new Set();
            document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
              seen.add(effectiveDirective);
              if (seen.size === 3) resolve([...seen].sort());
            });
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.head.append(script);
            document.body.setAttribute("style", "color: red");
            fetch("http://elsewhere.test/").catch(() => {});
          }),
      );
      assert.deepEqual(blocked, ["connect-src", "script-src-elem", "style-src-attr"]);
      assert.equal(await page.evaluate(() => window.ran), undefined);
    },
    { expectErrors: /Content Security Policy/ },
  );
});

test("a host without headers: the page's own policy is enough, from any folder", async () => {
  await withPage(async (page) => {
    // As the site would lie in a folder of a plain static host.
    await page.route("**/some/where/**", async (route) => {
      const path = new URL(route.request().url()).pathname.replace("/some/where/", "/");
      const response = await route.fetch({ url: origin() + path });
      await route.fulfill({ response, headers: { "content-type": response.headers()["content-type"] } });
    });
    await page.goto("/some/where/index.html");
    await idle(page);
    assert.equal(
      await page.$eval('[data-view="guided-grad-cam"] canvas', ({ dataset }) => dataset.target),
      "235",
    );
  });
});

test("the client asks for its worker, the wasm and the model, and nothing else", async () => {
  await withPage(async (page, requests) => {
    await emptyPage(page);
    const before = requests.length;
    await page.evaluate(async () => {
      const { Candling } = await import("/lib/candling.js");
      await Candling.load({ model: "models/efficientnet-lite0.safetensors" });
    });
    const paths = requests.slice(before).map((url) => new URL(url).pathname);
    assert.deepEqual(paths.filter((path) => path !== "/favicon.svg").sort(), [
      "/lib/candling-worker.js",
      "/lib/candling.js",
      "/lib/relaxed-simd/candling_wasm.js",
      "/lib/relaxed-simd/candling_wasm_bg.wasm",
      "/models/efficientnet-lite0.safetensors",
    ]);
  });
});

/**
 * Largest additional download with a GPU. It was 60 kB before the families of kernels, gather, scatter and
 * three more ops came, and has to be again.
 */
const CARD_BYTES = 63_000;

test(`the graphics card's engine weighs at most ${CARD_BYTES / 1000} kB brotli`, () => {
  const files = ["candling_webgpu.js", "candling_webgpu_bg.wasm"].map(
    (name) => new URL(`lib/webgpu/${name}`, www),
  );
  const total = files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0);
  assert.ok(total <= CARD_BYTES, `${total} bytes`);
});

/** Scripts of other pages, in www/lib too. */
const ofOthers = /^(candling-view|candling-trainer|embed|how|bias|own)\b/;

test("style sheets are served without their comments", () => {
  const sheets = readdirSync(www).filter((name) => name.endsWith(".css"));
  assert.deepEqual(sheets.sort(), readdirSync(new URL("../web/src/styles/", www)).sort());
  for (const name of sheets) assert.doesNotMatch(readFileSync(new URL(name, www), "utf8"), /\/\*/, name);
});

test(`page, scripts and wasm weigh at most ${BUDGET_BYTES / 1000} kB brotli`, () => {
  const build = ["candling_wasm.js", "candling_wasm_bg.wasm"].map((name) => `relaxed-simd/${name}`);
  const lib = [
    ...readdirSync(new URL("lib/", www)).filter((name) => name.endsWith(".js") && !ofOthers.test(name)),
    ...build,
  ];
  assert.ok(
    lib.includes("lab.js") && lib.includes("candling-export.js") && lib.includes("candling-worker.js"),
  );
  const files = [
    "index.html",
    "base.css",
    "figures.css",
    "lab.css",
    "favicon.svg",
    "door.html",
    "sw.js",
    ...lib.map((name) => `lib/${name}`),
  ];
  const sizes = files.map((name) => [name, brotliCompressSync(readFileSync(new URL(name, www))).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(
    total <= BUDGET_BYTES,
    `${total} bytes: ${sizes.map(([name, size]) => `${name} ${size}`).join(", ")}`,
  );
});
