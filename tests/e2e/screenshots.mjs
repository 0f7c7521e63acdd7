/**
 * `npm run screenshots`: the pictures of the lab in `docs/lab`, of the lesson in `docs/bias` and of one's own
 * pictures in `docs/own`, each state on a desktop and a phone, in the dark and by day, and the element's in a
 * post.
 *
 * They are for people to look at after a change of the page; no test compares them. Those that README and
 * docs show are committed, in `docs`; they are replaced there where they changed to the eye, and no others.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "../../web/scripts/server.mjs";
import { sameToTheEye } from "./support/eye.mjs";
import { lookAt as look, settled } from "./support/lab.mjs";
import { train, twoClasses } from "./support/own.mjs";
import { openPost, view } from "./support/post.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const root = fileURLToPath(new URL("../../", import.meta.url));
const docs = join(root, "docs");
const taken = join(root, "target/screenshots");
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
    // the contact sheet, under what it is sorted by
    await page.$eval("#order", (field) => field.scrollIntoView({ behavior: "instant", block: "start" }));
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

/** The pictures by their folder in `docs`; only those that are named on the command line, if any are. */
const asked = process.argv.slice(2);
const isAsked = (folder) => asked.length === 0 || asked.includes(folder);
const pages = {
  lab: { path: "", states: lab },
  bias: { path: "bias.html", states: bias },
  own: { path: "own.html", states: own },
};

/** Pictures that README or a page of the docs shows, as paths in `docs`. */
function shown() {
  const papers = [join(root, "README.md"), ...readdirSync(docs).map((name) => join(docs, name))];
  const links = papers
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/\]\((?:docs\/)?([\w/-]+\.jpg)\)/g)]);
  return [...new Set(links.map(([, path]) => path))];
}

/** Takes the picture of a page or an element; `path` counts from the folder of all that are taken. */
function take(subject, path) {
  const file = join(taken, path);
  mkdirSync(dirname(file), { recursive: true });
  return subject.screenshot({ path: file, type: "jpeg", quality: QUALITY });
}

async function takeStates(context, folder, name, origin) {
  const { path, states } = pages[folder];
  const page = await context.newPage();
  await page.goto(`${origin}/${path}`);
  await page.waitForSelector("main:not([aria-busy=true])");
  for (const [state, prepare] of Object.entries(states)) {
    await prepare(page);
    await page.waitForTimeout(300);
    await take(page, `${folder}/${name}-${state}.jpg`);
  }
  await page.close();
}

async function takeLab(browser, origin) {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: 0.9375,
    colorScheme: "dark",
    serviceWorkers: "block",
    reducedMotion: "reduce",
  });
  await page.goto(origin);
  await page.waitForSelector("main:not([aria-busy=true])");
  await page.waitForTimeout(600);
  await take(page, "lab.jpg");
  await page.close();
}

async function takeElement(browser, origin) {
  const page = await browser.newPage({
    baseURL: origin,
    viewport: { width: 816, height: 800 },
    serviceWorkers: "block",
  });
  await openPost(page, view("controls"));
  await page.waitForTimeout(600);
  await take(page.locator("candling-view"), "element.jpg");
  await page.close();
}

/** Puts those into the docs that a reader would see to be others than the ones there. */
async function keepShown(browser) {
  const page = await browser.newPage();
  for (const path of shown()) {
    const [fresh, kept] = [join(taken, path), join(docs, path)];
    if (!existsSync(fresh)) continue;
    if (existsSync(kept) && (await sameToTheEye(page, readFileSync(kept), readFileSync(fresh)))) continue;
    mkdirSync(dirname(kept), { recursive: true });
    copyFileSync(fresh, kept);
    console.log(`docs/${path} has changed`);
  }
}

const server = await serve(0, { isolated: true });
const origin = `http://localhost:${server.address().port}`;
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
      for (const folder of Object.keys(pages).filter(isAsked)) {
        await takeStates(context, folder, `${device}-${colorScheme}`, origin);
      }
      await context.close();
    }
  }
  if (isAsked("lab")) await takeLab(browser, origin);
  if (isAsked("element")) await takeElement(browser, origin);
  await keepShown(browser);
} finally {
  await browser.close();
  server.close();
}
