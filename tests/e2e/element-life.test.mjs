/**
 * `<candling-view>` while things happen to it: changes at any moment, removal, abort, and whatever may be
 * missing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPost, painted, states, told, view } from "./support/post.mjs";
import { MODEL, stage, workersLeft } from "./support/stage.mjs";

const [DOG, TABBY, MACAW] = [235, 281, 88];
const { withPage } = stage();

/** Holds every request for the model until `release` is called. */
async function holdModel(page) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(`**${MODEL}`, async (route) => {
    await held;
    await route.continue().catch(() => {}); // the page may have given it up
  });
  return release;
}

const element = (page, body) => page.$eval("candling-view", body);
const codes = async (page) => (await told(page, "error")).map(({ code }) => code);
const targets = async (page) => (await told(page, "explain")).map(({ target }) => target);

test("changes before the model is there: the last one is answered, and it alone", async () => {
  await withPage(async (page) => {
    const release = await holdModel(page);
    await openPost(page, view('target="235"'), { ready: false });
    await states(page, "loading");
    await element(page, (view) => {
      view.target = 7;
      view.layer = "blocks.10.add";
      view.setAttribute("target", "tiger cat");
      view.layer = "";
    });
    await element(page, (view) => (view.target = "tabby cat"));
    release();
    await states(page, "ready");
    assert.deepEqual(await targets(page), [TABBY]);
    assert.deepEqual(await codes(page), []);
  });
});

test("changes in mid-run: no answer to an older question is told or shown", async () => {
  await withPage(async (page) => {
    await openPost(page, view());
    const last = await element(page, async (view) => {
      // a macrotask between them, so that each begins
      for (const target of [3, 5, 7, 282, 285, 281]) {
        view.target = target;
        await new Promise((resolve) => setTimeout(resolve));
      }
      return (await view.explain()).target.class;
    });
    assert.equal(last, TABBY);
    await states(page, "ready");
    assert.equal((await targets(page)).at(-1), TABBY);
    // as one that was asked for nothing else
    const [busy] = await painted(page);
    await page.reload();
    await element(page, (view) => (view.target = 281));
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation?.target.class === 281,
    );
    await states(page, "ready");
    assert.equal((await painted(page))[0].sum, busy.sum);
  });
});

test("colours and strength change nothing but the paint", async () => {
  await withPage(async (page) => {
    await openPost(page, view());
    const [candle] = await painted(page);
    await element(page, (view) => (view.colormap = "viridis"));
    await page.waitForFunction(
      () =>
        document.querySelector("candling-view").shadowRoot.querySelector("canvas").style.opacity === "0.5",
    );
    let [other] = await painted(page);
    for (let tries = 0; other.sum === candle.sum && tries < 50; tries++) [other] = await painted(page);
    assert.notEqual(other.sum, candle.sum);
    await element(page, (view) => (view.opacity = 0.25));
    await page.waitForFunction(
      () =>
        document.querySelector("candling-view").shadowRoot.querySelector("canvas").style.opacity === "0.25",
    );
    assert.equal((await told(page, "explain")).length, 1);
    await element(page, (view) => (view.colormap = "mauve"));
    await states(page, "error");
    assert.match((await told(page, "error"))[0].message, /mauve.*viridis/);
  });
});

test("values that are not allowed are told, and after an error the next change is answered", async () => {
  await withPage(async (page) => {
    await openPost(page, view('method="grad-camera"'), { ready: false });
    await states(page, "error");
    // A photo whose address the browser settles late is asked about once more.
    await page.waitForFunction(() => document.querySelector("img").complete);
    const expected = await codes(page);
    assert.equal(expected[0], "bad-argument");
    const changes = [
      [{ method: "grad-cam", target: "unicorn" }, "unknown-class", /unicorn/],
      [{ target: "1000" }, "unknown-class", /1000/],
      [{ target: "top", layer: "attic" }, "unknown-layer", /attic/],
      [{ layer: "", opacity: "2" }, "bad-argument", /opacity.*0 to 1.*"2"/],
      [{ opacity: "", reveal: "never" }, "bad-argument", /reveal.*"auto", "interaction".*"never"/],
      [{ reveal: "", backend: "gpu" }, "bad-argument", /backend.*"auto", "cpu", "webgpu".*"gpu"/],
      [{ backend: "", method: "gradient", layer: "head" }, "bad-argument", /layer/],
    ];
    for (const [change, code, words] of changes) {
      expected.push(code);
      await page.evaluate((change) => Object.assign(document.querySelector("candling-view"), change), change);
      await page.waitForFunction(
        (count) => window.told.filter(({ type }) => type === "error").length === count,
        expected.length,
      );
      const errors = await told(page, "error");
      assert.match(errors.at(-1).message, words);
      assert.deepEqual(
        errors.map(({ code }) => code),
        expected,
      );
    }
    await page.evaluate(() =>
      Object.assign(document.querySelector("candling-view"), { method: "", layer: "", target: 281 }),
    );
    await states(page, "ready");
    assert.ok(await page.locator("candling-view [part=error]").isHidden());
  });
});

test("removed and put back while it runs; moved; and taken away for good, which ends the worker", async () => {
  await withPage(async (page) => {
    await page.clock.install();
    const release = await holdModel(page);
    await openPost(page, `${view('target="281"')}<aside></aside>`, { ready: false });
    await states(page, "loading");
    const failed = await element(page, async (view) => {
      const asked = view.explain().catch(({ code }) => code);
      view.remove();
      return asked;
    });
    assert.equal(failed, "aborted");
    // back in another place, and moved at once, and out and in again within one task
    await page.evaluate(() => {
      const html = document.querySelector("main");
      const view = document.createElement("candling-view");
      view.model = "/models/efficientnet-lite0.safetensors";
      view.target = 281;
      view.append(Object.assign(new Image(), { src: "/samples/dog_cat.jpg", alt: "The photo" }));
      html.append(view);
      document.querySelector("aside").append(view);
      view.remove();
      html.prepend(view);
    });
    release();
    await states(page, "ready");
    // moved when it is ready: the map goes with it
    await page.evaluate(() =>
      document.querySelector("aside").append(document.querySelector("candling-view")),
    );
    assert.ok((await painted(page))[0].seen);
    assert.deepEqual(await targets(page), [TABBY]);
    assert.equal(page.workers().length, 1);
    const kept = await page.evaluateHandle(() => {
      const view = document.querySelector("candling-view");
      view.remove();
      return view;
    });
    await page.clock.fastForward(11_000);
    await workersLeft(page, 0);
    // and what was taken away can come back: it shows its map, and computes the next one in a new worker
    await kept.evaluate((view) => {
      document.querySelector("main").append(view);
      view.target = 235;
    });
    await page.waitForFunction(
      () => document.querySelector("candling-view").explanation.target.class === 235,
    );
    assert.equal(page.workers().length, 1);
  });
});

test("abort ends the download, keeps what is shown, and the reader may ask again", async () => {
  await withPage(
    async (page) => {
      const release = await holdModel(page);
      await openPost(page, view(), { ready: false });
      await states(page, "loading");
      const code = await element(page, async (view) => {
        const asked = view.explain().catch(({ code }) => code);
        view.abort();
        return asked;
      });
      assert.equal(code, "aborted");
      // the download was the worker's, and went with it
      await workersLeft(page, 0);
      assert.equal(await element(page, ({ state }) => state), "idle");
      release();
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await page.locator("candling-view [part=reveal]").click();
      await states(page, "ready");
      await element(page, (view) => view.abort());
      assert.equal(await element(page, ({ state }) => state), "ready", "nothing was under way");
      await element(page, (view) => {
        view.target = 281;
        queueMicrotask(() => queueMicrotask(() => view.abort()));
      });
      await states(page, "idle");
      assert.ok((await painted(page))[0].seen, "the map from before");
      assert.deepEqual(await codes(page), []);
    },
    { expectErrors: /ERR_FAILED|ERR_ABORTED/ },
  );
});

test("no photo, a photo that is missing, and one that comes later", async () => {
  await withPage(
    async (page) => {
      await openPost(page, view("", "/samples/nobody.jpg"), { ready: false });
      await states(page, "error");
      await page.evaluate(() => document.querySelector("img").remove());
      await page.waitForFunction(() => window.told.filter(({ type }) => type === "error").length === 2);
      const errors = await told(page, "error");
      assert.deepEqual(
        errors.map(({ code }) => code),
        ["image-unreachable", "image-unreachable"],
      );
      assert.match(errors[0].message, /nobody\.jpg/);
      assert.match(errors[1].message, /put an <img> into the element/);
      await page.evaluate(() =>
        document
          .querySelector("candling-view")
          .append(Object.assign(new Image(), { src: "/samples/dog_cat.jpg", alt: "" })),
      );
      await states(page, "ready");
    },
    { expectErrors: /404/ },
  );
});

test("no model at its address: told where the photo still is, and mended by another address", async () => {
  await withPage(
    async (page) => {
      await openPost(
        page,
        view().replace(MODEL, "/models/nobody.safetensors") +
          view().replace(MODEL, "/models/nobody.safetensors"),
        { ready: false },
      );
      await states(page, "error");
      const errors = await told(page, "error");
      // whichever photo came first
      const sorted = errors.map(({ which, code }) => [which, code]).sort();
      assert.deepEqual(sorted, [
        [0, "model-unreachable"],
        [1, "model-unreachable"],
      ]);
      assert.ok(await page.locator("img").first().isVisible());
      assert.match(
        await page.locator("candling-view [part=error]").first().innerText(),
        /nobody\.safetensors.*404/,
      );
      await page.evaluate(
        (model) => document.querySelectorAll("candling-view").forEach((view) => (view.model = model)),
        MODEL,
      );
      await states(page, "ready");
    },
    { expectErrors: /404/ },
  );
});

test("a start without a network: told, and done as soon as there is one; or when the reader tries again", async () => {
  await withPage(
    async (page) => {
      let down = true;
      const refuse = (route) => (down ? route.abort() : route.continue());
      await page.route(/candling\.js|safetensors/, refuse);
      await openPost(page, view(), { ready: false });
      await states(page, "error");
      assert.deepEqual(await codes(page), ["engine-unavailable"]);
      down = false;
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await states(page, "ready");
      // the model alone is out of reach, and the reader does not wait
      await page.reload();
      down = true;
      await page.unroute(/candling\.js|safetensors/);
      await page.route(/safetensors/, refuse);
      await page.reload();
      await states(page, "error");
      assert.deepEqual(await codes(page), ["model-unreachable"]);
      down = false;
      await page.locator("candling-view [part=retry]").click();
      await states(page, "ready");
      assert.equal((await targets(page)).at(-1), DOG);
    },
    { expectErrors: /ERR_FAILED/ },
  );
});

test("explain() and toBlob() are answered after changes that need no other map, and after an error", async () => {
  await withPage(async (page) => {
    await openPost(page, view());
    const answers = await element(page, async (view) => {
      const target = async () => (await view.explain()).target.class;
      const all = [];
      for (const change of [
        { controls: true },
        { opacity: 0.3 },
        { colormap: "viridis" },
        { reveal: "interaction" },
      ]) {
        Object.assign(view, change);
        all.push(await target());
      }
      view.colormap = "inferno";
      all.push((await view.toBlob()).type);
      view.target = "unicorn";
      all.push(await view.explain().catch(({ code }) => code));
      view.controls = false;
      all.push(await view.explain().catch(({ code }) => code));
      return all;
    });
    assert.deepEqual(answers, [DOG, DOG, DOG, DOG, "image/png", "unknown-class", "unknown-class"]);
  });
});

test("what changed while it was out of the document holds when it is back", async () => {
  await withPage(async (page) => {
    await openPost(page, view());
    const away = (target, src) =>
      page.evaluate(
        async ([target, src]) => {
          const view = document.querySelector("candling-view");
          view.remove();
          await new Promise((resolve) => setTimeout(resolve, 50));
          view.target = target;
          view.querySelector("img").src = src;
          document.querySelector("main").append(view);
          const { target: found } = await view.explain();
          return [found.class, view.predictions[0].index];
        },
        [target, src],
      );
    assert.deepEqual(await away(281, "/samples/dog_cat.jpg"), [TABBY, DOG]);
    assert.deepEqual(await away("top", "/samples/macaw.jpg"), [MACAW, MACAW]);
    assert.equal(page.workers().length, 1);
  });
});

test("a photo that is exchanged without an event, or breaks: no map of another one stays", async () => {
  await withPage(
    async (page) => {
      await openPost(page, view().replace(/<img[^>]*>/, "<a href='#x'>$&</a>"));
      await element(page, async (view) => {
        const other = Object.assign(new Image(), { src: "/samples/macaw.jpg", alt: "A macaw" });
        await other.decode();
        view.querySelector("a").replaceChildren(other);
      });
      await page.waitForFunction(() => document.querySelector("candling-view").predictions[0]?.index === 88);
      await states(page, "ready");
      await element(page, (view) => (view.querySelector("img").src = "/samples/nobody.jpg"));
      await states(page, "error");
      assert.ok(!(await painted(page))[0].seen);
      await element(page, (view) => view.querySelector("img").remove());
      await page.waitForFunction(() => window.told.filter(({ type }) => type === "error").length === 2);
      assert.deepEqual(await codes(page), ["image-unreachable", "image-unreachable"]);
    },
    { expectErrors: /404/ },
  );
});

test("after Cancel, whatever the reader asks next is answered", async () => {
  await withPage(async (page) => {
    const release = await holdModel(page);
    await openPost(page, view("controls"), { ready: false });
    await states(page, "loading");
    await page.locator("candling-view [part=cancel]").click();
    await states(page, "idle");
    assert.ok(await page.locator("candling-view [part=reveal]").isVisible());
    // the keyboard is where the button was
    assert.equal(
      await element(page, ({ shadowRoot }) => shadowRoot.activeElement.getAttribute("part")),
      "reveal",
    );
    release();
    await page.selectOption("candling-view [part=method]", "layer-cam");
    await states(page, "ready");
    assert.equal((await told(page, "explain"))[0].method, "layer-cam");
    assert.ok(await page.locator("candling-view [part=reveal]").isHidden());
  });
});

test("reveal changed together with anything else: the map is seen, and its button gone", async () => {
  await withPage(async (page) => {
    for (const change of [{ target: 281 }, { opacity: 0.5 }, {}]) {
      await openPost(page, view('reveal="interaction" loading="eager"'));
      assert.ok(await page.locator("candling-view [part=reveal]").isVisible());
      await page.evaluate(
        (change) => Object.assign(document.querySelector("candling-view"), { reveal: "auto", ...change }),
        change,
      );
      await page.waitForFunction(
        () =>
          !document
            .querySelector("candling-view")
            .shadowRoot.querySelector("canvas")
            .classList.contains("veiled"),
      );
      assert.ok(await page.locator("candling-view [part=reveal]").isHidden());
    }
  });
});
