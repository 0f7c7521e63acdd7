/**
 * `npm run screenshots`: the pictures of the lab in `docs/lab`, of the lesson in `docs/bias` and of one's own pictures in `docs/own`, each state on a desktop and a phone, in the dark
 * and by day, and the element's in a post.
 *
 * They are for people to look at, in the README and after a change of the page; no test compares them.
 */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { serve } from "../../web/scripts/server.mjs";
import { lookAt as look, settled } from "./support/lab.mjs";
import { train, twoClasses } from "./support/own.mjs";
import { openPost, view } from "./support/post.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const QUALITY = 72;

const devices = {
  desktop: { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 0.6 },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 0.9, hasTouch: true, isMobile: true },
};

/** Each state of the lab: where to look, and what to do there first. */
const lab = {
  why: async () => {},
  "guided-grad-cam": async (page) => {
    await page.click('[data-view="guided-grad-cam"] .enlarge');
    await toTop(page);
  },
  search: async (page) => {
    await page.click('[data-view="cam"] .enlarge');
    await page.fill("#class", "cat");
    await page.$eval("#class", (field) => field.scrollIntoView({ behavior: "instant", block: "center" }));
  },
  versus: async (page) => {
    await page.fill("#class", "");
    await page.keyboard.press("Escape");
    await lookAt(page, "versus");
  },
  layers: async (page) => {
    await lookAt(page, "layers");
    await page.check('[name="layers-method"][value="layer-cam"]', { force: true });
    await settled(page, "layers");
    await page.focus("#depth");
    for (let step = 0; step < 9; step++) await page.keyboard.press("ArrowLeft");
    await page.waitForSelector('#layer-map[data-stage="8"]');
  },
  proof: (page) => lookAt(page, "proof"),
  curves: async (page) => {
    await page.click("#curves");
    await page.waitForSelector("#insertion-text[data-area]", { timeout: 120_000 });
    await page.$eval("#curves", (button) => button.scrollIntoView({ behavior: "instant", block: "center" }));
  },
  sanity: async (page) => {
    await lookAt(page, "sanity");
    await page.click("#sanity-all");
    await page.waitForFunction(() => document.querySelector("#sanity-all").textContent === "Cancel");
    await page.waitForFunction(
      () => document.querySelector("#sanity-all").textContent !== "Cancel",
      undefined,
      { timeout: 120_000 },
    );
    await page.focus("#forgotten");
    await page.keyboard.press("Home");
    for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowRight");
    await page.waitForSelector('#sanity-maps [data-method="cam"][data-layers="8"]');
    await page.$eval("#sanity-maps", (maps) => maps.scrollIntoView({ behavior: "instant", block: "start" }));
  },
  machine: async (page) => {
    await lookAt(page, "machine");
    await page.click("#self-test");
    await page.waitForSelector("#identities:not([hidden])");
  },
  "take-away": (page) => lookAt(page, "take-away"),
  camera: async (page) => {
    await toTop(page);
    await page.click("#camera");
    await page.waitForFunction(() => Number(document.querySelector("#camera-live").dataset.fps) > 5);
  },
};

/** The lesson, step by step. */
const bias = {
  opening: async () => {},
  teach: (page) => step(page, "teach"),
  elsewhere: (page) => step(page, "elsewhere"),
  light: (page) => step(page, "light"),
  mend: async (page) => {
    await page.click("#mend-go");
    await showStep(page, "mend");
  },
  again: (page) => step(page, "again"),
};

/** A visitor's own pictures: the lesson's, here. */
const own = {
  classes: (page) => twoClasses(page, 10),
  training: async (page) => {
    await train(page);
    await showStep(page, "training");
  },
  viewer: async (page) => {
    await page.click("#sheet button");
    const { x, y, width, height } = await page.locator("#pane").boundingBox();
    await page.mouse.move(x + 0.3 * width, y + 0.15 * height);
    await page.mouse.down();
    await page.mouse.move(x + 0.6 * width, y + 0.6 * height, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(() => /\d+\s%/.test(document.querySelector("#share").textContent));
  },
  inspection: async (page) => {
    await page.click("#region-all");
    await page.click("#viewer-close");
    await page.waitForFunction(
      () =>
        document.querySelectorAll("#sheet button").length > 5 &&
        !/not marked/.test(document.querySelector("#sheet").textContent),
    );
    await showStep(page, "inspection");
  },
};

async function step(page, id) {
  await page.click(`#${id}-go`);
  await page.waitForSelector(`#${id}[data-state="done"][aria-busy="false"]`, { timeout: 120_000 });
  await showStep(page, id);
}

async function showStep(page, id) {
  await page.$eval(`#${id}`, (section) => section.scrollIntoView({ behavior: "instant", block: "start" }));
}

async function lookAt(page, id) {
  // Twice: what lies between is laid out on the way.
  await look(page, id);
  await look(page, id);
}

function toTop(page) {
  return page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
}

/** What is pictured, by its folder in `docs`; only those that are named on the command line, if any are. */
const asked = process.argv.slice(2);
const pages = Object.fromEntries(
  Object.entries({
    lab: { path: "", states: lab },
    bias: { path: "bias.html", states: bias },
    own: { path: "own.html", states: own },
  }).filter(([folder]) => asked.length === 0 || asked.includes(folder)),
);

const server = await serve(0, { isolated: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});
try {
  for (const [device, options] of Object.entries(devices)) {
    for (const colorScheme of ["dark", "light"]) {
      const context = await browser.newContext({
        ...options,
        colorScheme,
        serviceWorkers: "block",
        reducedMotion: "reduce",
      });
      for (const [folder, { path, states }] of Object.entries(pages)) {
        mkdirSync(docs + folder, { recursive: true });
        const page = await context.newPage();
        await page.goto(`http://localhost:${server.address().port}/${path}`);
        await page.waitForSelector("main:not([aria-busy=true])");
        for (const [name, prepare] of Object.entries(states)) {
          await prepare(page);
          await page.waitForTimeout(300);
          await page.screenshot({
            path: `${docs}${folder}/${device}-${colorScheme}-${name}.jpg`,
            type: "jpeg",
            quality: QUALITY,
          });
        }
        await page.close();
      }
      await context.close();
    }
  }
  const post = await browser.newPage({
    baseURL: `http://localhost:${server.address().port}`,
    viewport: { width: 816, height: 800 },
    serviceWorkers: "block",
  });
  await openPost(post, view("controls"));
  await post.waitForTimeout(600);
  await post
    .locator("candling-view")
    .screenshot({ path: `${docs}element.jpg`, type: "jpeg", quality: QUALITY });
} finally {
  await browser.close();
  server.close();
}
