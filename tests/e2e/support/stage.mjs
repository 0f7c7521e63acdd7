/**
 * The stage of every test here: the static server, a real Chromium, and pages that are watched.
 *
 * A watched page fails its test when it asks another origin for anything, when the content security policy
 * stops something, or when an error reaches the console.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { createRequire } from "node:module";
import { contentSecurityPolicy, isolation, serve } from "../../../web/scripts/server.mjs";
import { inWorker, disableTimeouts } from "./gpu.mjs";
import { LONGEST_MS, threadsOf, waitUntil, failAtRest } from "./patience.mjs";

/** The tools are `web`'s development dependencies. */
const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
export const { PNG } = require("pngjs");

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const launchArguments = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // answers that come late on a busy machine pass for a slow connection, on which pages take other weights
  "--force-effective-connection-type=4G",
  // a camera that needs no hardware and no answer
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

export const MODEL = "/models/efficientnet-lite0.safetensors";
export const SMALL_MODEL = "/models/efficientnet-lite0-small.safetensors";

/** Chromium's own software adapter, SwiftShader: correct, and slow. */
const withCard = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/**
 * Sets up a server and a browser for the tests of the calling file; an isolated one sends the headers that
 * give pages threads. `site` is the folder that is served, by default `www`; `browserArguments` are
 * Chromium's; with `card` there is a software GPU.
 */
export function stage({ browserArguments = [], card = false, ...options } = {}) {
  let server;
  let port = 0;
  let browser;
  let session;
  /** Paths that the server was asked for, with their queries. */
  const asked = [];

  /** Opens the server, at its previous port if it was closed. */
  async function openServer() {
    server = await serve(port, options);
    ({ port } = server.address());
    server.on("request", ({ url }) => asked.push(url));
  }

  /** Closes the server, so that nobody answers at this origin. */
  async function closeServer() {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  before(async () => {
    await openServer();
    browser = await chromium.launch({
      executablePath,
      args: [...launchArguments, ...browserArguments, ...(card ? withCard : [])],
    });
    session = await browser.newBrowserCDPSession();
  });
  after(async () => {
    await browser?.close();
    if (server?.listening) await closeServer();
  });

  const origin = () => `http://localhost:${port}`;

  /**
   * Runs `body` with a fresh page. `expectErrors`, `otherOrigins`: console errors and origins that belong to
   * the test. Without `serviceWorkers: "allow"` there are none: what they answer would be hidden from
   * `page.route` and from `requests`.
   */
  async function withPage(body, { expectErrors, otherOrigins = [], ...contextOptions } = {}) {
    const context = await browser.newContext({
      baseURL: origin(),
      serviceWorkers: "block",
      ...contextOptions,
    });
    context.setDefaultTimeout(LONGEST_MS);
    const page = await context.newPage();
    const trouble = [];
    const requests = [];
    page.on("console", (message) => {
      if (message.type() === "error" && !expectErrors?.test(message.text()))
        trouble.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`uncaught: ${error.stack}`));
    context.on("request", (request) => {
      requests.push(request.url());
      // The origin of a blob: address is that of the page that made it.
      const asked = new URL(request.url()).origin;
      if (asked !== origin() && !otherOrigins.includes(asked))
        trouble.push(`asked another origin: ${request.url()}`);
    });
    try {
      if (card) await inWorker(page, disableTimeouts);
      await failAtRest(
        async () => (await processes()).map(({ id }) => id),
        () => body(page, requests),
        () => context.close(),
      );
    } finally {
      await context.close();
    }
    assert.deepEqual(trouble, []);
  }

  /** One page, as of `withPage`, for all tests of a `describe`, which follow each other on it: `page` and
   *  `requests`, once they run. What went wrong on it is told after the last of them. */
  function onePage(options) {
    const shown = {};
    let leave;
    let left;
    before(
      () =>
        new Promise((opened, failed) => {
          left = withPage((page, requests) => {
            Object.assign(shown, { page, requests });
            opened();
            return new Promise((resolve) => (leave = resolve));
          }, options);
          left.catch(failed);
        }),
    );
    after(() => {
      leave?.();
      return left;
    });
    return shown;
  }

  /**
   * Like `withPage`, on an empty page of the site that has the client as `client` and a loaded `candling`.
   */
  function withClient(body, options) {
    return withPage(async (page, requests) => {
      await emptyPage(page);
      await page.evaluate(async (model) => {
        window.client = await import("/lib/candling.js");
        window.candling = await window.client.Candling.load({ model });
      }, MODEL);
      await body(page, requests);
    }, options);
  }

  const processes = async () => (await session.send("SystemInfo.getProcessInfo")).processInfo;
  const pages = async () => (await processes()).filter(({ type }) => type === "renderer");

  /**
   * Private memory of a page's process in bytes: the largest of all pages, of which the test has only one
   * open. Linux only.
   */
  async function memoryOfPage() {
    const ofOne = ({ id }) =>
      1024 * Number(/^Private_Dirty:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]);
    return Math.max(...(await pages()).map(ofOne));
  }

  /**
   * The factor by which the page's work takes longer than on an idle machine: 1 if each of its threads gets a
   * core whenever it wants one, and if that cannot be measured.
   */
  async function slowdown(work) {
    const threads = async () => new Map((await pages()).flatMap(({ id }) => [...threadsOf(id)]));
    const before = await threads();
    await work();
    const sum = { ran: 0, waited: 0 };
    for (const [thread, { ran, waited }] of await threads()) {
      sum.ran += ran - (before.get(thread)?.ran ?? 0);
      sum.waited += waited - (before.get(thread)?.waited ?? 0);
    }
    return sum.ran > 0 ? (sum.ran + sum.waited) / sum.ran : 1;
  }

  /**
   * CPU time in milliseconds of the longest task of the page's main thread during `work`, not counting
   * waiting for a core.
   */
  async function longestTask(page, work) {
    await browser.startTracing(page, { categories: ["toplevel"] });
    await work();
    const { traceEvents } = JSON.parse(await browser.stopTracing());
    const drawing = new Set(
      traceEvents
        .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
        .map(({ tid }) => tid),
    );
    const tasks = traceEvents.filter(
      ({ name, tid }) => name === "ThreadControllerImpl::RunTask" && drawing.has(tid),
    );
    assert.ok(tasks.length > 0, "the browser tells of its tasks");
    return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
  }

  return {
    origin,
    asked,
    memoryOfPage,
    slowdown,
    longestTask,
    openServer,
    closeServer,
    withPage,
    onePage,
    withClient,
  };
}

/** A page of the site with nothing on it, under the site's policy. */
export async function emptyPage(page, { isolated = false } = {}) {
  await page.route("**/empty", (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": contentSecurityPolicy, ...(isolated ? isolation : {}) },
      body: "<!doctype html><title>empty</title><link rel=icon href=favicon.svg>",
    }),
  );
  await page.goto("/empty");
  await page.evaluate(() => {
    /** Calls `work` and returns the error with which it must fail. */
    window.failure = async (work) => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof window.client.CandlingError)) throw error;
        return { code: error.code, message: error.message };
      }
      throw new Error("this should have failed");
    };
  });
}

/**
 * Makes each new worker run `traps.source` at the end of the wasm's JavaScript, with access to the names that
 * it exports. In it, `trap()` is a true WebAssembly trap.
 */
export async function setTraps(page, traps = { source: "" }) {
  // (module (func (export "f") unreachable))
  const bytes = "0061736d0100000001040160000003020100070501016600000a05010300000b";
  await page.route("**/lib/*/candling_wasm.js", async (route) => {
    const response = await route.fetch();
    const module = await response.text();
    const exported = module.slice(module.lastIndexOf("export")).matchAll(/([\w$]+) as ([A-Z]\w*)/g);
    const body = `${module}
      {
        ${[...exported].map(([, inside, outside]) => `const ${outside} = ${inside};`).join(" ")}
        const trap = () => new WebAssembly.Instance(new WebAssembly.Module(
          Uint8Array.from("${bytes}".match(/../g), (byte) => Number.parseInt(byte, 16)))).exports.f();
        ${traps.source}
      }`;
    await route.fulfill({ response, body });
  });
  return traps;
}

/** Limits the memory of the wasm in each new worker: whatever needs more is a true trap. */
export async function limitMemory(page, bytes) {
  const PAGE = 65_536;
  await page.route("**/lib/*/candling_wasm_bg.wasm", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: withMaximum(await response.body(), bytes / PAGE) });
  });
}

/**
 * The module with a maximum, in pages, on its memory (WebAssembly core specification, 5.5.8): a section `5,
 * length, one memory, flags, minimum` becomes `..., flags 1, minimum, maximum`.
 */
function withMaximum(module, maximum) {
  const number = (at) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return [value, at];
    }
  };
  for (let at = 8; at < module.length; ) {
    const [length, body] = number(at + 1);
    if (module[at] === 5) {
      assert.deepEqual([...module.subarray(body, body + 2)], [1, 0], "one memory, without a maximum so far");
      const minimum = module.subarray(body + 2, body + length);
      const limits = Buffer.from([
        1,
        1,
        ...minimum,
        (maximum & 127) | 128,
        ((maximum >> 7) & 127) | 128,
        maximum >> 14,
      ]);
      return Buffer.concat([
        module.subarray(0, at),
        Buffer.from([5, limits.length]),
        limits,
        module.subarray(body + length),
      ]);
    }
    at = body + length;
  }
  throw new Error("the module has no memory");
}

/** Waits until the page has done its work before the next frame and after it. */
export function frames(page) {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** A worker that was ended takes a moment to go. */
export async function workersLeft(page, count) {
  await waitUntil(() => page.workers().length === count);
}

/** Opens the lab and waits for the maps of its first photo. */
export async function openLab(page) {
  await page.goto("/");
  await idle(page);
}

/** Waits until all three maps of the present photo and class are painted. */
export async function idle(page) {
  await page.waitForSelector('main[aria-busy="false"]');
}

/** The data of a canvas of the lab, as numbers. */
export function numbers(page, view) {
  return page.$eval(`[data-view="${view}"] canvas`, ({ dataset }) => ({
    method: dataset.method,
    target: Number(dataset.target),
    layer: dataset.layer,
    strength: Number(dataset.strength),
    peak: { x: Number(dataset.peakX), y: Number(dataset.peakY) },
  }));
}

/** The words of the message bar; "" where it is hidden. */
export function message(page) {
  return page.$eval("#message", (bar) => (bar.hidden ? "" : bar.querySelector("p").textContent));
}
