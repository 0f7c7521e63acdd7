/**
 * Static servers and watched pages. A watched page fails its test when an origin is asked that the test does
 * not name, when a file is not there, when the content security policy stops something, or when an error
 * reaches the console.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { web } from "./package.mjs";

/** The tools are `web`'s development dependencies. */
const require = createRequire(`${web}package.json`);
const { chromium } = require("playwright-core");
const sirv = require("sirv");

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Timeout of every wait for a page. A cold start takes about a second; the machine may be busy. */
const TIMEOUT_MS = 20_000;

/**
 * Serves a folder on this machine, at a free port. `headers` go with every answer; `pages` are documents that
 * are no files, by path.
 */
export async function serve(folder, { headers = {}, pages = {} } = {}) {
  const files = sirv(folder, { dev: true, etag: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const page = pages[new URL(request.url, "http://localhost").pathname];
    if (page !== undefined) {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers });
      return response.end(page.body);
    }
    files(request, response, () => response.writeHead(404).end("not found\n"));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "localhost", resolve));
  const close = () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections());
  return { origin: `http://localhost:${server.address().port}`, close };
}

/** One Chromium for the tests of the calling file. */
export function stage() {
  let browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-quic", "--no-first-run"],
    });
  });
  after(() => browser?.close());

  /**
   * Runs `body` with a page at `address`. `expected`: console errors that belong to the test; `origins`:
   * those that may be asked besides the page's own.
   */
  return async function withPage(address, body, { expected, origins = [] } = {}) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    const trouble = [];
    const known = [new URL(address).origin, ...origins];
    page.on("console", (message) => {
      if (message.type() === "error" && !expected?.test(message.text()))
        trouble.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`uncaught: ${error.stack}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && !known.includes(url.origin))
        trouble.push(`asked another origin: ${url}`);
    });
    try {
      await page.goto(address);
      await body(page);
    } catch (error) {
      error.message += `\nthe page: ${JSON.stringify(trouble)}`;
      throw error;
    } finally {
      await context.close();
    }
    assert.deepEqual(trouble, []);
  };
}
