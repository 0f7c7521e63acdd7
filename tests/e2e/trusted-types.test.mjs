/**
 * Pages that take scripts from named policies only (Trusted Types): they work where ours is allowed, and else
 * say what to allow.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentSecurityPolicy } from "../../web/scripts/server.mjs";
import { openPost, policy, states, told, view } from "./support/post.mjs";
import { waitUntil } from "./support/patience.mjs";
import { idle, MODEL, stage } from "./support/stage.mjs";

const plain = stage();
const isolated = stage({ isolated: true });

const REQUIRED = "require-trusted-types-for 'script'";
const ALLOWED = `${REQUIRED}; trusted-types candling`;

test("the element works where the policy candling is allowed, and where none is named", async () => {
  for (const rule of [ALLOWED, REQUIRED]) {
    await plain.withPage(async (page) => {
      await openPost(page, view(), { allow: `${policy}; ${rule}` });
      assert.equal((await told(page, "explain")).length, 1, rule);
    });
  }
});

test("a policy that is not allowed: the error says which to allow", async () => {
  await plain.withPage(
    async (page) => {
      await openPost(page, view(), { allow: `${policy}; ${REQUIRED}; trusted-types theirs`, ready: false });
      await states(page, "error");
      const [{ code, message }] = await told(page, "error");
      assert.equal(code, "engine-unavailable");
      assert.match(message, /trusted-types candling$/);
      assert.doesNotMatch(message, /worker-src/);
    },
    { expectErrors: /Trusted ?Type|TrustedScriptURL|policy/i },
  );
});

test("names are allowed and none is required: the policy is not missed", async () => {
  await plain.withPage(
    async (page) => {
      await openPost(page, view(), { allow: `${policy}; trusted-types theirs` });
      assert.equal((await told(page, "explain")).length, 1);
    },
    { expectErrors: /Creating a TrustedTypePolicy|policy/i },
  );
});

/** Makes the site's pages and workers require Trusted Types. */
const require = (page) =>
  page.route(/\/$|\.html$|candling-worker\.js$|candling-trainer\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: {
        ...response.headers(),
        "content-security-policy": `${contentSecurityPolicy}; ${ALLOWED} candling-page`,
      },
    });
  });

test("the pages of the site, threads included", async () => {
  await isolated.withPage(async (page) => {
    await require(page);
    await page.goto("/");
    await idle(page);
    const build = await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const { info } = await Candling.load({ model, threads: 2 });
      return { build: info.build, failed: info.failed };
    }, MODEL);
    assert.deepEqual(build, { build: "threads", failed: [] });
    await page.goto("/bias.html");
    await page.click("#teach-go:not([disabled])");
    await page.waitForSelector('#teach[data-state="done"]');
  });
});

test("the service worker is registered under such a policy", async () => {
  await plain.withPage(
    async (page) => {
      await require(page);
      await page.goto("/");
      await idle(page);
      await waitUntil(() =>
        page.evaluate(
          async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated",
        ),
      );
    },
    { serviceWorkers: "allow" },
  );
});
