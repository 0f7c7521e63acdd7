/** Pages built with common bundlers from the packed package; none of them is configured for it. */
import assert from "node:assert/strict";
import { cp, readdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, install, pack, samples, web, workshop } from "./support/package.mjs";
import { serve, stage } from "./support/stage.mjs";
import { CAT, DOG, showsMap } from "./support/view.mjs";

const apps = ["mdx", "react", "svelte", "vue", "webpack"];

/** Number of large files: three engines, that of the GPU, the decoder, and the model in two sizes. */
const LARGE_FILES = 7;

const withPage = stage();
let shop;

before(async () => {
  shop = await workshop();
  await install(await pack(shop.folder), shop.folder);
  for (const app of apps)
    await cp(join(samples, "dog_cat.jpg"), join(shop.folder, app, "public/dog_cat.jpg"));
});
after(() => shop?.remove());

const at = (...path) => join(shop.folder, ...path);

/** Builds a fixture and opens what came out, from a plain static server. */
async function built(app, body) {
  await command("npm", ["run", "--silent", "build"], { cwd: at(app) });
  const server = await serve(at(app, "dist"));
  try {
    await withPage(server.origin, body);
  } finally {
    await server.close();
  }
}

/** The app asks about the dog, hears of it, and asks about the cat when its button is pressed. */
async function answers(page) {
  await showsMap(page, DOG);
  await said(page, "#said", String(DOG));
  await page.click("#ask");
  await showsMap(page, CAT);
  await said(page, "#said", String(CAT));
  await page.click("#break");
  await said(page, "#failed", "unknown-class");
}

/** The same, and what the app imports as `candling` is what the element uses. */
async function answersWithOneClient(page) {
  await answers(page);
  await said(page, "#one-client", "true");
}

const said = (page, place, text) =>
  page.waitForFunction(([place, text]) => document.querySelector(place).textContent === text, [place, text]);

describe("a production build", () => {
  for (const app of ["react", "svelte"])
    test(`with ${app}: properties from its state, events to it`, () => built(app, answers));

  for (const app of ["vue", "webpack"])
    test(`with ${app}: the same, and one client for all`, () => built(app, answersWithOneClient));

  test("of a post in Markdown (MDX), with every large file once", () =>
    built("mdx", async (page) => {
      await showsMap(page, DOG);
      assert.equal(await page.textContent("h1"), "What a network sees in two animals");
      const files = (await readdir(at("mdx/dist"), { recursive: true })).filter((name) =>
        /\.(wasm|safetensors)$/.test(name),
      );
      assert.equal(files.length, LARGE_FILES, files.join(", "));
    }));
});

test("Vite's development server", async () => {
  const { createServer } = await import(pathToFileURL(at("node_modules/vite/dist/node/index.js")));
  const server = await createServer({ root: at("vue"), server: { port: 0 }, logLevel: "error" });
  await server.listen();
  try {
    await withPage(`http://localhost:${server.httpServer.address().port}`, answersWithOneClient);
  } finally {
    await server.close();
  }
});

test("the React app is typed, and so are its mistakes", async () => {
  const tsc = join(web, "node_modules/.bin/tsc");
  await command(tsc, ["-p", at("react")]);
  await assert.rejects(command(tsc, ["-p", at("react/tsconfig.mistakes.json")]), (error) => {
    assert.match(error.message, /mistakes\.tsx\(\d+,\d+\): error TS2820: Type '"grad-kam"'/);
    assert.match(
      error.message,
      /mistakes\.tsx\(\d+,\d+\): error TS2339: Property 'predictions' does not exist/,
    );
    return true;
  });
});
