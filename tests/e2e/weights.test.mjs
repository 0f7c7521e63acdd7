/**
 * Small weights where the connection is slow or metered, full ones elsewhere, and the visitor's word above
 * both.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, hold, weightsLine } from "./support/lab.mjs";
import { emptyPage, idle, MODEL, openLab, SMALL_MODEL, stage } from "./support/stage.mjs";

/**
 * Least correlation of Grad-CAM with that of the full weights; `crates/cli/tests/small_weights.rs` has more
 * photos.
 */
const CORRELATION = 0.99;

const { withPage, withClient } = stage();

/** Connections as browsers report them, and the weights that suit them. */
const CONNECTIONS = [
  [undefined, "full"],
  [{}, "full"],
  [{ saveData: false, effectiveType: "4g", type: "wifi" }, "full"],
  [{ saveData: true, effectiveType: "4g", type: "wifi" }, "small"],
  [{ saveData: false, effectiveType: "3g" }, "small"],
  [{ saveData: false, effectiveType: "2g" }, "small"],
  [{ saveData: false, effectiveType: "slow-2g" }, "small"],
  [{ saveData: false, effectiveType: "4g", type: "cellular" }, "small"],
];

/** The models among the requests. */
const models = (requests) =>
  requests.map((url) => new URL(url).pathname).filter((path) => path.endsWith(".safetensors"));

for (const [connection, weights] of CONNECTIONS) {
  test(`${JSON.stringify(connection) ?? "a browser that does not say"}: of two files, the ${weights} one`, async () => {
    await withPage(async (page, requests) => {
      await connect(page, connection);
      await emptyPage(page);
      const chosen = await page.evaluate(
        async ([full, small]) => {
          const { Candling, weightsFor } = await import("/lib/candling.js");
          (await Candling.load({ model: { full, small: new URL(small, location.href) } })).close();
          return weightsFor();
        },
        [MODEL, SMALL_MODEL],
      );
      assert.equal(chosen, weights);
      assert.deepEqual(models(requests), [weights === "full" ? MODEL : SMALL_MODEL]);
    });
  });
}

test("one address is an order, whatever the connection", async () => {
  await withPage(async (page, requests) => {
    await connect(page, { saveData: true });
    await emptyPage(page);
    await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      (await Candling.load({ model })).close();
    }, MODEL);
    assert.deepEqual(models(requests), [MODEL]);
  });
});

test("what is no address, and no two, is refused", async () => {
  await withClient(async (page) => {
    const errors = await page.evaluate(() => {
      const { failure, client } = window;
      const wrong = [7, null, {}, { full: "a" }, { full: "a", small: 7 }, "http://["];
      return Promise.all(wrong.map((model) => failure(() => client.Candling.load({ model }))));
    });
    for (const { code, message } of errors) {
      assert.equal(code, "bad-argument");
      assert.match(
        message,
        /^load: model is the address of a model file, \{ full, small \} with two of them, or a Blob; given /,
      );
    }
  });
});

test("the page: small weights on a metered connection, and a link to the full ones that wins", async () => {
  await withPage(async (page, requests) => {
    await connect(page, { saveData: true });
    await openLab(page);
    assert.deepEqual(models(requests), [SMALL_MODEL]);
    assert.equal(await weightsLine(page), "Small weights, to save data. Or the full ones");
    await page.click("#other-weights");
    await page.waitForURL(/[?&]weights=full/);
    await idle(page);
    assert.deepEqual(models(requests), [SMALL_MODEL, MODEL]);
    assert.equal(await weightsLine(page), "Full weights. Or the small ones, half the size");
  });
});

test("the page: full weights elsewhere, and a link to the small ones, by keyboard too", async () => {
  await withPage(async (page, requests) => {
    await connect(page, { saveData: false, effectiveType: "4g" });
    await openLab(page);
    assert.deepEqual(models(requests), [MODEL]);
    assert.equal(await weightsLine(page), "Full weights. Or the small ones, half the size");
    await page.focus("#other-weights");
    await page.keyboard.press("Enter");
    await page.waitForURL(/[?&]weights=small/);
    await idle(page);
    assert.deepEqual(models(requests), [MODEL, SMALL_MODEL]);
    assert.equal(await weightsLine(page), "Small weights. Or the full ones");
    await page.goto("/?weights=tiny"); // no such weights: as if nothing were said
    await idle(page);
    assert.equal(models(requests).at(-1), MODEL);
  });
});

for (const width of [1280, 390]) {
  test(`at ${width} pixels nothing moves between the first paint, the loading and the network that is there`, async () => {
    await withPage(
      async (page) => {
        await connect(page, { saveData: true });
        const release = await hold(page, `**${SMALL_MODEL}`);
        const top = () => page.$eval("main", (main) => main.getBoundingClientRect().top);
        await page.goto("/");
        await page.waitForSelector('#loading[data-state="loading"]');
        const before = await top();
        release();
        await idle(page);
        assert.equal(await top(), before);
      },
      { viewport: { width, height: 800 } },
    );
  });
}

test("the maps of small weights are those of the full ones", async () => {
  await withClient(async (page) => {
    const correlations = await page.evaluate(async (model) => {
      const { candling, client } = window;
      const small = await client.Candling.load({ model });
      const correlation = (a, b) => {
        const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
        const centred = [a, b].map((values) => Array.from(values, (v) => v - mean(values)));
        const dot = (x, y) => x.reduce((sum, v, i) => sum + v * y[i], 0);
        return dot(...centred) / Math.sqrt(dot(centred[0], centred[0]) * dot(centred[1], centred[1]));
      };
      const correlations = {};
      for (const name of ["dog_cat.jpg", "guitar_drums.jpg", "macaw.jpg", "red_panda.jpg"]) {
        const photo = await (await fetch(`/samples/${name}`)).blob();
        const [full, other] = await Promise.all([candling.run(photo), small.run(photo)]);
        const target = full.predictions[0].index;
        const [map, otherMap] = await Promise.all(
          [full, other].map((run) => run.explain({ method: "grad-cam", target })),
        );
        correlations[name] = {
          same: other.predictions[0].index === target,
          value: correlation(map.data, otherMap.data),
          identical: map.data.every((v, i) => v === otherMap.data[i]),
        };
      }
      small.close();
      return correlations;
    }, SMALL_MODEL);
    for (const [name, { same, value, identical }] of Object.entries(correlations)) {
      assert.ok(same, `${name}: another top class`);
      assert.ok(!identical, `${name}: the same weights`);
      assert.ok(value >= CORRELATION, `${name}: ${value}`);
    }
  });
});
