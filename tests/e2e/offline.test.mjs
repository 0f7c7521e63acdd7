/** The site without a network: what is stored, that versions never mix, and that damage heals. */
import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { www } from "../../web/scripts/server.mjs";
import { buildServiceWorker } from "../../web/scripts/service-worker.mjs";
import { disableTimeouts } from "./support/gpu.mjs";
import { connect, weightsLine } from "./support/lab.mjs";
import { waitUntil } from "./support/patience.mjs";
import { idle, MODEL, SMALL_MODEL, stage } from "./support/stage.mjs";

/** A copy of the site that a test may change; it is new before each. */
const site = mkdtempSync(join(tmpdir(), "candling-site-"));
const plain = stage({ site });
const isolated = stage({ site, isolated: true });
const card = stage({ site, card: true });
beforeEach(() => publish(site));
after(() => rmSync(site, { recursive: true }));

async function publish(folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(www, folder, { recursive: true });
  await buildServiceWorker(folder);
}

/** Changes a file of the copy. */
const rewrite = (path, change) =>
  writeFileSync(join(site, path), change(readFileSync(join(site, path), "utf8")));

/**
 * A second edition: the page, its style, its scripts, an engine and a picture are other bytes, the models are
 * the same.
 */
function changeSite() {
  rewrite("index.html", (html) => html.replace("<html ", '<html data-edition="2" '));
  rewrite("lab.css", (css) => `${css}\n:root { --edition: 2 }\n`);
  for (const name of ["lab", "candling", "candling-worker"]) {
    rewrite(`lib/${name}.js`, (js) => `globalThis.editions = [...(globalThis.editions ?? [1]), 2];\n${js}`);
  }
  // an empty custom section named "2" (WebAssembly core specification, 5.5.3)
  appendFileSync(join(site, "lib/relaxed-simd/candling_wasm_bg.wasm"), Buffer.from([0, 2, 1, 0x32]));
  // bytes after a JPEG's end are no part of it
  appendFileSync(join(site, "samples/macaw.jpg"), "2");
}

/**
 * Runs `body` with a page that may have service workers. Without a server, the browser notes on the console
 * what it cannot ask.
 */
function withSite(body, { on = plain, ...options } = {}) {
  on.asked.length = 0;
  const expectErrors = /ERR_CONNECTION_REFUSED|fetching the script|410|ERR_FAILED/;
  return on.withPage(body, { serviceWorkers: "allow", expectErrors, ...options });
}

/** Waits until `condition`, which may be async, holds in the page. */
const comes = (page, condition, argument) => waitUntil(() => page.evaluate(condition, argument));

/**
 * Opens the lab, has the first sample explained, and waits until everything that a visit stores is stored.
 */
async function visit(page, address = "/") {
  await page.goto(address);
  await idle(page);
  await comes(page, isKept, { samples: SAMPLES });
}

/** Samples in full and small, and the pictures of the first one's maps. */
const SAMPLES = readdirSync(join(www, "samples"), { recursive: true }).filter((path) =>
  path.endsWith(".jpg"),
);

/** Whether the model, the engine and these samples are stored by an active worker; runs in a page. */
async function isKept({ samples }) {
  const { active } = (await navigator.serviceWorker.getRegistration()) ?? {};
  if (active?.state !== "activated") return false;
  const scope = new URL("./", document.baseURI).href;
  const cache = await caches.open(`candling-files ${scope}`);
  const kept = (await cache.keys()).map(({ url }) => url.slice(scope.length));
  const engines = [
    "relaxed-simd",
    ...(crossOriginIsolated && navigator.hardwareConcurrency > 1 ? ["threads"] : []),
  ];
  return (
    engines.every((build) => kept.some((path) => path.startsWith(`lib/${build}/candling_wasm_bg.wasm`))) &&
    kept.some((path) => path.startsWith("models/")) &&
    samples.every((sample) => kept.some((path) => path.startsWith(`samples/${sample}`)))
  );
}

/** The page explains its first sample, and another one that was never looked at. */
async function works(page, address = "/") {
  await page.goto(address);
  await explained(page, DOG);
  await page.click('#samples [data-file="macaw.jpg"]');
  await explained(page, MACAW);
}

const [DOG, MACAW] = [235, 88];

async function explained(page, target) {
  await page.waitForSelector(`[data-view="cam"] canvas[data-target="${target}"]`, { state: "attached" });
  await idle(page);
}

/** Runs `body` while nobody answers. */
async function offline(body, on = plain) {
  await on.closeServer();
  try {
    await body();
  } finally {
    await on.openServer();
  }
}

/** The edition of each of the page's files. */
const editions = (page) =>
  page.evaluate(async () => ({
    html: document.documentElement.dataset.edition ?? "1",
    css: getComputedStyle(document.documentElement).getPropertyValue("--edition").trim() || "1",
    js: String(Math.max(...(globalThis.editions ?? [1]))),
    later: (await (await fetch("lib/candling-worker.js")).text()).includes("editions") ? "2" : "1",
  }));
const edition = (number) => ({ html: number, css: number, js: number, later: number });

/**
 * Lets the browser look for a newer version, as it does at each visit; resolves when that is installed or was
 * refused.
 */
const lookForUpdate = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const worker = registration.installing;
    if (worker === null) return registration.waiting?.state ?? "none";
    return new Promise((resolve) => {
      worker.addEventListener("statechange", () => {
        if (["installed", "redundant"].includes(worker.state)) resolve(worker.state);
      });
    });
  });

/** The page offers a newer version. */
const offered = (page) => page.waitForSelector("#message:not([hidden]) #message-action:has-text('Use it')");

/** Agrees to the version that waits, and waits for the page to come again. */
async function applyUpdate(page) {
  const button = await offered(page);
  await Promise.all([page.waitForEvent("load"), button.click()]);
  await idle(page);
}

/** Damages the kept file at `path`, of which there must be one, or drops it. */
const damage = (page, path, how) =>
  page.evaluate(
    async ({ path, how }) => {
      let found = 0;
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const key of (await cache.keys()).filter(({ url }) => new URL(url).pathname === path)) {
          found += 1;
          const kept = await cache.match(key);
          const bytes = new Uint8Array(await kept.arrayBuffer());
          if (how === "drop") await cache.delete(key);
          if (how === "cut") await cache.put(key, new Response(bytes.slice(0, bytes.length / 2), kept));
          if (how === "flip") {
            bytes[bytes.length >> 1] ^= 1;
            await cache.put(key, new Response(bytes, kept));
          }
        }
      }
      if (found !== 1) throw new Error(`${path} is kept ${found} times`);
    },
    { path, how },
  );

/** Paths asked for since the last call. */
function askedSince(on = plain) {
  return on.asked.splice(0).map((url) => url.replace(/\?.*/, ""));
}

for (const [where, on] of Object.entries({ "a plain page": plain, "a page with threads": isolated })) {
  test(`${where}: after one visit it needs no server`, async () => {
    await withSite(
      async (page) => {
        await visit(page);
        await offline(async () => {
          for (const address of ["/", "/?photo=dog_cat.jpg", "/index.html#there"]) await works(page, address);
          assert.equal(await page.evaluate(() => crossOriginIsolated), on === isolated);
          const policy = await page.evaluate(async () =>
            (await fetch("./index.html")).headers.get("content-security-policy"),
          );
          assert.match(policy, /default-src 'none'.*frame-ancestors 'self'/);
        }, on);
      },
      { on },
    );
  });
}

test("in a folder of a host, beside another site of the same origin", async () => {
  const folder = join(site, "in/a/folder");
  cpSync(www, folder, { recursive: true });
  await buildServiceWorker(folder);
  await withSite(async (page) => {
    await visit(page);
    await visit(page, "/in/a/folder/");
    // a newer version of the one leaves the other alone
    writeFileSync(join(folder, "lab.css"), "/* bare */");
    await buildServiceWorker(folder);
    await page.goto("/in/a/folder/");
    await applyUpdate(page);
    await offline(async () => {
      await works(page, "/in/a/folder/?a=query");
      assert.equal(await page.evaluate(async () => (await fetch("lab.css")).text()), "/* bare */");
      await works(page, "/");
      assert.notEqual(await page.evaluate(async () => (await fetch("lab.css")).text()), "/* bare */");
    });
  });
});

test("the lesson is there without a network as well, once it was begun", async () => {
  await withSite(async (page) => {
    const teach = async () => {
      await page.goto("/bias.html");
      await page.click("#teach-go:not([disabled])");
      await page.waitForSelector('#teach[data-state="done"]');
    };
    await teach();
    const isWhole = async () => {
      const scope = new URL("./", document.baseURI).href;
      const kept = (await (await caches.open(`candling-files ${scope}`)).keys()).map(({ url }) =>
        url.slice(scope.length),
      );
      return [
        "lib/head/candling_head.js",
        "lib/head/candling_head_bg.wasm",
        "lib/lesson/pictures.zip",
        "lib/relaxed-simd/",
        "models/",
      ].every((path) => kept.some((name) => name.startsWith(path)));
    };
    await comes(page, isWhole);
    await offline(teach);
    // on which it would begin with other weights
    await connect(page, { saveData: false, effectiveType: "2g" });
    await offline(teach);
  });
});

/** Runs `body` without a server and without a network, which the browser knows. */
function disconnected(page, body) {
  return offline(async () => {
    await page.context().setOffline(true);
    await body();
    await page.context().setOffline(false);
  });
}

test("full weights that are kept serve a slow connection and none at all, and the page says so", async () => {
  await withSite(
    async (page) => {
      await visit(page);
      await connect(page, { saveData: false, effectiveType: "2g" });
      const kept = "Full weights, kept here. Or the small ones";
      askedSince();
      await disconnected(page, async () => {
        assert.equal(await page.evaluate(() => navigator.onLine), false);
        await works(page);
        assert.equal(await weightsLine(page), kept);
        assert.ok(
          await page.$eval(
            ".weights",
            (line) => line.clientHeight < 2 * Number.parseFloat(getComputedStyle(line).lineHeight),
          ),
          "in one line: nothing moved",
        );
        // chosen, and not to be had
        await works(page, "/?weights=small");
        assert.equal(await weightsLine(page), kept);
        await page.goto("/how.html");
        await page.locator("figure:has(candling-view)").first().scrollIntoViewIfNeeded();
        await comes(page, () => document.querySelector("candling-view").state === "ready");
      });
      await works(page);
      assert.equal(await weightsLine(page), kept);
      assert.deepEqual(
        askedSince().filter((path) => path.endsWith(".safetensors")),
        [],
        "better ones that need no download",
      );
      await works(page, "/?weights=small");
      assert.equal(await weightsLine(page), "Small weights. Or the full ones");
      assert.ok(askedSince().includes(SMALL_MODEL), "they can be had again");
    },
    { expectErrors: /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED|fetching the script/ },
  );
});

test("small weights that are kept serve without a network, whatever the connection was said to be, and the page says so", async () => {
  await withSite(
    async (page) => {
      await visit(page, "/?weights=small");
      const kept = "Small weights, kept here. Or the full ones";
      await disconnected(page, async () => {
        for (const address of ["/", "/?weights=full"]) {
          await works(page, address);
          assert.equal(await weightsLine(page), kept);
        }
      });
      askedSince();
      await works(page);
      assert.equal(await weightsLine(page), "Full weights. Or the small ones, half the size");
      assert.ok(askedSince().includes(MODEL), "the better ones are fetched");
    },
    { expectErrors: /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED|fetching the script/ },
  );
});

test("the model is downloaded once, and the second visit asks for nothing that is kept", async () => {
  await withSite(async (page) => {
    await visit(page);
    for (const path of plain.asked) assert.match(path, /^\/[\w./-]*$/, "a plain address, no query");
    assert.equal(askedSince().filter((path) => path === MODEL).length, 1);
    await visit(page);
    await page.click('#samples [data-file="panda.jpg"]');
    await explained(page, 388);
    // the browser looks for a newer version
    assert.deepEqual(
      askedSince().filter((path) => path !== "/sw.js"),
      [],
    );
  });
});

test("the graphics card's engine is kept where it was used, and nowhere else", async () => {
  const keptOfCard = () =>
    caches.keys().then(async (names) => {
      const requests = (
        await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
      ).flat();
      return requests.map(({ url }) => url).filter((url) => url.includes("/webgpu/")).length;
    });
  // what the service worker gives does not pass the stage
  rewrite("lib/candling-worker.js", (js) => `${disableTimeouts};\n${js}`);
  await buildServiceWorker(site);
  await withSite(
    async (page) => {
      await visit(page);
      assert.equal(await page.evaluate(keptOfCard), 0);
      await page.evaluate(() => localStorage.setItem("candling-lab-backend", "webgpu"));
      await page.reload();
      const onTheCard = () =>
        document.querySelector("#loading-text").textContent.endsWith("on your graphics card");
      await comes(page, onTheCard);
      // its script and its wasm
      await waitUntil(async () => (await page.evaluate(keptOfCard)) === 2);
      await offline(async () => {
        await page.reload();
        await comes(page, onTheCard);
        await explained(page, DOG);
      }, card);
    },
    { on: card },
  );
});

test("under Save-Data no sample is fetched that was not looked at", async () => {
  await withSite(async (page) => {
    await page.addInitScript(() =>
      Object.defineProperty(NetworkInformation.prototype, "saveData", { get: () => true }),
    );
    await page.goto("/?weights=full");
    await idle(page);
    await comes(page, isKept, { samples: ["dog_cat.jpg"] });
    const samples = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
    );
    for (const path of askedSince())
      assert.ok(!/^\/samples\/.*jpg$/.test(path) || samples.includes(path), path);
    await offline(async () => {
      await page.goto("/?weights=full");
      await explained(page, DOG);
    });
  });
});

test("what is not a file of the site goes its way", async () => {
  await withSite(
    async (page) => {
      await visit(page);
      await page.goto("/");
      askedSince();
      await page.evaluate(async () => {
        await fetch("lab.css?fresh");
        await fetch("lab.css", { method: "HEAD" });
        await fetch("lab.css", { headers: { range: "bytes=0-9" } });
        await fetch("nothing.here");
      });
      assert.deepEqual(
        askedSince().filter((path) => path !== "/sw.js"),
        ["/lab.css", "/lab.css", "/lab.css", "/nothing.here"],
      );
    },
    { expectErrors: /404/ },
  );
});

test("an update: the old page goes on whole, the new one is offered, and only what changed is downloaded", async () => {
  await withSite(async (page) => {
    await visit(page);
    changeSite();
    await buildServiceWorker(site);
    askedSince();

    // the old version, whole, as often as it is opened
    for (let i = 0; i < 2; i++) {
      await visit(page);
      await offered(page);
      assert.deepEqual(await editions(page), edition("1"));
    }
    const other = await page.context().newPage();
    await visit(other);
    assert.deepEqual(await editions(other), edition("1"));

    await Promise.all([other.waitForEvent("load"), applyUpdate(page)]);
    assert.deepEqual(await editions(page), edition("2"));
    await idle(other);
    assert.deepEqual(await editions(other), edition("2"), "the other tab came along");
    await other.close();
    const asked = askedSince();
    assert.equal(asked.filter((path) => path.endsWith(".safetensors")).length, 0);
    assert.equal(asked.filter((path) => path === "/lib/relaxed-simd/candling_wasm_bg.wasm").length, 1);
    const samples = new Set(asked.filter((path) => /^\/samples\/.*\.jpg$/.test(path)));
    assert.deepEqual([...samples], ["/samples/macaw.jpg"]);

    // what the version before kept the new one has, too
    await offline(async () => {
      await works(page);
      assert.deepEqual(await editions(page), edition("2"));
    });
    const names = await page.evaluate(() => caches.keys());
    assert.equal(names.length, 2, `the old code is gone: ${names}`);
    const twice = await page.evaluate(async () => {
      const keys = await (
        await caches.open((await caches.keys()).find((name) => name.includes("files")))
      ).keys();
      return keys.filter(({ url }) => url.includes("macaw.jpg") && !url.includes("thumbs")).length;
    });
    assert.equal(twice, 1, "the old picture is gone");
  });
});

test("a page that was reloaded past all caches has workers of its own version", async () => {
  await withSite(async (page) => {
    await visit(page);
    changeSite();
    await buildServiceWorker(site);
    askedSince();
    const devtools = await page.context().newCDPSession(page);
    await Promise.all([page.waitForEvent("load"), devtools.send("Page.reload", { ignoreCache: true })]);
    await explained(page, DOG);
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.edition), "2");
    const served = await Promise.all(
      page.workers().map((worker) => worker.evaluate(() => globalThis.editions)),
    );
    assert.deepEqual(served, [[1, 2]]);
    assert.ok(askedSince().includes("/lib/relaxed-simd/candling_wasm_bg.wasm"), "so has its engine");
  });
});

test("an update that was made without a page open is simply there", async () => {
  await withSite(async (page) => {
    await visit(page);
    changeSite();
    await buildServiceWorker(site);
    await page.goto("/");
    assert.equal(await lookForUpdate(page), "installed");
    const versions = new Map();
    const devtools = await page.context().newCDPSession(page);
    devtools.on("ServiceWorker.workerVersionUpdated", (event) => {
      for (const { versionId, status } of event.versions) versions.set(Number(versionId), status);
    });
    await devtools.send("ServiceWorker.enable");
    await page.goto("about:blank");
    // the browser takes a moment to notice that nobody uses the old version any more
    await waitUntil(() => versions.get(Math.max(...versions.keys())) === "activated");
    await page.goto("/");
    await idle(page);
    assert.deepEqual(await editions(page), edition("2"));
  });
});

test("a site that is half uploaded is not taken, and is when it is whole", async () => {
  await withSite(async (page) => {
    await visit(page);
    const old = readFileSync(join(site, "lab.css"));
    changeSite();
    await buildServiceWorker(site);
    const fresh = readFileSync(join(site, "lab.css"));
    writeFileSync(join(site, "lab.css"), old);
    await visit(page);
    assert.equal(await lookForUpdate(page), "redundant");
    await works(page);
    assert.deepEqual(await editions(page), edition("1"));

    writeFileSync(join(site, "lab.css"), fresh);
    assert.equal(await lookForUpdate(page), "installed");
    await visit(page);
    await applyUpdate(page);
    assert.deepEqual(await editions(page), edition("2"));
  });
});

test("a first visit to a site that is half uploaded works, and keeps nothing", async () => {
  rewrite("lab.css", (css) => `${css} `);
  await withSite(async (page) => {
    await page.goto("/");
    await idle(page);
    await comes(page, async () => (await caches.keys()).length > 0);
    await works(page);
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
  });
});

test("what was not kept and has changed is an error with words, and the new version is fetched", async () => {
  await withSite(async (page) => {
    await visit(page);
    await visit(page);
    await damage(page, "/samples/macaw.jpg", "drop");
    await damage(page, MODEL, "drop");
    changeSite();
    const model = readFileSync(join(site, MODEL));
    model[model.length - 1] ^= 1;
    writeFileSync(join(site, MODEL), model);
    await buildServiceWorker(site);
    const answers = await page.evaluate(async (model) => {
      const words = async (path) => {
        const { status, statusText } = await fetch(path);
        return [status, statusText];
      };
      const broken = await (await fetch(model)).arrayBuffer().then(
        () => "whole",
        () => "broken off",
      );
      return [await words("samples/macaw.jpg"), broken, await words(model)];
    }, MODEL);
    const gone = [410, "the site has a newer version of this file; close its tabs and open it again"];
    assert.deepEqual(answers, [gone, "broken off", gone]);
    await applyUpdate(page);
    await works(page);
    assert.deepEqual(await editions(page), edition("2"));
  });
});

const damaged = {
  "/index.html": "cut",
  "/lab.css": "flip",
  "/lib/lab.js": "cut",
  "/lib/candling-worker.js": "drop",
  "/lib/relaxed-simd/candling_wasm_bg.wasm": "flip",
  "/samples/macaw.jpg": "cut",
  [MODEL]: "flip",
};

test("damaged files heal: what is cut off, altered or missing is fetched again", async () => {
  await withSite(async (page) => {
    await visit(page);
    for (const [path, how] of Object.entries(damaged)) await damage(page, path, how);
    askedSince();
    await works(page);
    const asked = askedSince();
    for (const path of Object.keys(damaged))
      assert.equal(asked.filter((other) => other === path).length, 1, path);
    await offline(() => works(page));
  });
});

test("without a network, damage is an error and not a wrong file", async () => {
  await withSite(async (page) => {
    await visit(page);
    await page.goto("/");
    await damage(page, "/lab.css", "flip");
    await offline(async () => {
      assert.equal(
        await page.evaluate(() =>
          fetch("lab.css").then(
            () => "an answer",
            ({ name }) => name,
          ),
        ),
        "TypeError",
      );
    });
  });
});

test("caches that were cleared are filled again", async () => {
  await withSite(async (page) => {
    await visit(page);
    await page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    await visit(page);
    await offline(() => works(page));
  });
});

test("a model that has to be fetched again can be counted as it comes", async () => {
  await withSite(async (page) => {
    await visit(page);
    await page.goto("/");
    await damage(page, MODEL, "drop");
    const { length, parts, bytes } = await page.evaluate(async (model) => {
      const response = await fetch(model);
      let [parts, bytes] = [0, 0];
      for await (const part of response.body) [parts, bytes] = [parts + 1, bytes + part.length];
      return { length: Number(response.headers.get("content-length")), parts, bytes };
    }, MODEL);
    assert.equal(length, bytes);
    assert.equal(bytes, readFileSync(join(site, MODEL)).length);
    assert.ok(parts > 3, `${parts} parts`);
    await offline(() => works(page));
  });
});

test("without room the page works, it just is not kept", async () => {
  await withSite(async (page) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: plain.origin(), quotaSize: 1_000_000 });
    await page.goto("/");
    await idle(page);
    await comes(
      page,
      async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated",
    );
    await works(page);
    assert.notEqual(await page.evaluate(() => navigator.serviceWorker.controller), null);
    assert.equal(
      await page.evaluate(isKept, { samples: ["dog_cat.jpg"] }),
      false,
      "there is no room for the model",
    );
  });
});
