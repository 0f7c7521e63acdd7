/**
 * The lesson's model in the lab: a tab of its own, opened within the click, as browsers block those that come
 * later.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./support/stage.mjs";

const { withPage } = stage();

/** The lesson's first step is done, and `opened` says how tabs were asked for. */
async function taught(page) {
  await page.addInitScript(() => {
    window.opened = [];
    window.open = (address) => {
      const tab = {
        address,
        within: window.event?.type,
        location: { href: "" },
        closed: false,
        close: () => (tab.closed = true),
      };
      window.opened.push(tab);
      return window.blocked ? null : tab;
    };
  });
  await page.goto("/bias.html");
  await page.click("#teach-go:not([disabled])");
  await page.waitForSelector('#teach[data-state="done"]');
}

const tabs = (page) =>
  page.evaluate(() =>
    window.opened.map(({ within, location, closed }) => ({ within, href: location.href, closed })),
  );

test("the tab is opened in the click, and gets its address when the model is handed over", async () => {
  await withPage(async (page) => {
    await taught(page);
    await page.click("#lab-biased");
    await page.waitForFunction(() => window.opened[0]?.location.href !== "");
    const [{ within, href, closed }] = await tabs(page);
    assert.deepEqual({ within, closed }, { within: "click", closed: false });
    assert.match(href, /^http:\/\/localhost:\d+\/\?model=own&layer=blocks\.14\.add$/);
    assert.match(page.url(), /bias\.html$/, "the lesson stays");

    // a model that cannot be handed over leaves no empty tab
    await page.evaluate(() => {
      CacheStorage.prototype.open = () =>
        Promise.reject(new DOMException("no storage here", "SecurityError"));
    });
    await page.click("#lab-biased");
    await page.waitForSelector("#message:not([hidden])");
    assert.equal((await tabs(page))[1].closed, true);
  });
});

test("where tabs are blocked, the lab takes this one", async () => {
  await withPage(async (page) => {
    await taught(page);
    await page.evaluate(() => (window.blocked = true));
    await page.click("#lab-biased");
    await page.waitForURL(/\?model=own&layer=/);
  });
});
