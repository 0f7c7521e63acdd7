/** The client's promises: order, abort, one forward pass per photo, crashes survived, memory given back. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { waitUntil } from "./support/patience.mjs";
import { emptyPage, limitMemory, MODEL, setTraps, stage, workersLeft } from "./support/stage.mjs";

const { withPage, withClient } = stage();

/** `window.photo(name)`: a sample as a Blob. */
async function samples(page) {
  await page.evaluate(() => {
    window.photo = async (name) => (await fetch(`/samples/${name}`)).blob();
  });
}

test("one forward pass serves every class, layer and method", async () => {
  await withClient(async (page) => {
    await samples(page);
    const { before, after, timings } = await page.evaluate(async () => {
      const { candling, photo } = window;
      const run = await candling.run(await photo("dog_cat.jpg"));
      const before = await candling.stats();
      for (const target of [235, 285, "tabby", { class: 235, over: 285 }])
        await run.explain({ method: "grad-cam", target });
      await run.explain({ method: "layer-cam", layer: "blocks.4.add" });
      const map = await run.explain({ method: "guided-backprop" });
      return { before, after: await candling.stats(), timings: [run.timings, map.timings] };
    });
    assert.equal(before.forwards, 1);
    assert.equal(after.forwards, 1);
    assert.equal(after.explanations - before.explanations, 6);
    for (const stages of timings)
      for (const [stage, ms] of Object.entries(stages)) assert.ok(ms > 0, `${stage}: ${ms} ms`);
  });
});

/**
 * The tensors of a model file whose names have a prefix, widened from half precision (IEEE 754-2008, 3.6).
 */
function tensorsOf(file, prefix) {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(file.toString("utf8", 8, 8 + length));
  const widened = (half) => {
    const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  };
  const tensors = Object.entries(entries).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    tensors.map(
      ([
        name,
        {
          dtype,
          data_offsets: [from, to],
        },
      ]) => {
        assert.equal(dtype, "F16");
        return [
          name.slice(prefix.length),
          Float64Array.from({ length: (to - from) / 2 }, (_, at) =>
            widened(file.readUInt16LE(8 + length + from + 2 * at)),
          ),
        ];
      },
    ),
  );
}

/** Tolerance for sums of 1280 products in f32, of logits up to 20. */
const ROUNDING = 1e-4;

test("the engine says of the network how pixels become numbers, and which layers belong together", async () => {
  await withClient(async (page) => {
    const info = await page.evaluate(() => window.candling.info);
    assert.deepEqual(
      [info.mean, info.std, info.neutral],
      [
        [127, 127, 127],
        [128, 128, 128],
        [127, 127, 127],
      ],
    );
    assert.deepEqual(info.blocks[0], { layers: ["stem"], merges: false });
    const layers = ["expand", "depthwise", "project", "add"].map((part) => `blocks.2.${part}`);
    assert.deepEqual(info.blocks[3], { layers, merges: true });
    assert.deepEqual(
      [info.blocks.length, info.defaultLayer, info.evidenceLayer],
      [18, "head", "blocks.14.add"],
    );
  });
});

test("features are what the classifier makes its logits of", async () => {
  await withClient(async (page) => {
    await samples(page);
    const { features, logits } = await page.evaluate(async () => {
      const run = await window.candling.run(await window.photo("cat.jpg"));
      return { features: [...(await run.features())], logits: [...run.logits] };
    });
    const { weight, bias } = tensorsOf(
      readFileSync(new URL(`../../www${MODEL}`, import.meta.url)),
      "classifier.",
    );
    assert.equal(features.length * logits.length, weight.length);
    for (const [label, logit] of logits.entries()) {
      const sum = features.reduce(
        (sum, feature, at) => sum + feature * weight[label * features.length + at],
        bias[label],
      );
      assert.ok(Math.abs(sum - logit) < ROUNDING, `${label}: ${sum} and ${logit}`);
    }
    const freed = await page.evaluate(async () => {
      const run = await window.candling.run(await window.photo("cat.jpg"));
      run.free();
      return window.failure(() => run.features());
    });
    assert.equal(freed.code, "run-freed");
  });
});

test("a model may be a file", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    const { same, refused } = await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      const { Candling } = window.client;
      const file = await (await fetch(model)).blob();
      const photo = await (await fetch("/samples/cat.jpg")).blob();
      const [byFile, byAddress] = await Promise.all([
        Candling.load({ model: file }),
        Candling.load({ model }),
      ]);
      const logits = async (candling) => [...(await candling.run(photo)).logits];
      const [one, other] = [await logits(byFile), await logits(byAddress)];
      const refused = await window.failure(() => Candling.load({ model: new Blob(["no model"]) }));
      return { same: one.every((value, at) => value === other[at]), refused };
    }, MODEL);
    assert.ok(same);
    assert.equal(refused.code, "bad-model");
  });
});

test("every kind of photo gives the same answer for the same pixels", async () => {
  await withClient(async (page) => {
    await samples(page);
    const logits = await page.evaluate(async () => {
      const { candling, photo } = window;
      const blob = await photo("cat.jpg");
      const bitmap = await createImageBitmap(blob);
      const image = new Image();
      image.src = "/samples/cat.jpg";
      const canvas = document.createElement("canvas");
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const logits = [];
      for (const source of [blob, bitmap, image, canvas, pixels]) {
        const run = await candling.run(source);
        logits.push(Array.from(run.logits));
        run.free();
      }
      // what was given is still the caller's
      return { logits, kept: bitmap.width > 0 && pixels.data.length > 0 };
    });
    assert.ok(logits.kept);
    for (const other of logits.logits.slice(1)) assert.deepEqual(other, logits.logits[0]);
  });
});

test("transparent pixels count as white", async () => {
  await withClient(async (page) => {
    const [clear, white] = await page.evaluate(async () => {
      const clear = new ImageData(32, 32);
      const white = new ImageData(new Uint8ClampedArray(32 * 32 * 4).fill(255), 32, 32);
      return Promise.all(
        [clear, white].map(async (pixels) => Array.from((await window.candling.run(pixels)).logits)),
      );
    });
    assert.deepEqual(clear, white);
  });
});

test("answers come in the order of the calls", async () => {
  await withClient(async (page) => {
    await samples(page);
    const order = await page.evaluate(async () => {
      const { candling } = window;
      const order = [];
      const slow = new Image();
      slow.src = "/samples/macaw.jpg?slow"; // not even fetched yet when the next call is made
      await Promise.all([
        candling.run(slow).then(() => order.push("run an img")),
        candling.findClass("tabby").then(() => order.push("find")),
        candling.run(new ImageData(8, 8)).then(() => order.push("run pixels")),
        candling.stats().then(() => order.push("stats")),
      ]);
      return order;
    });
    assert.deepEqual(order, ["run an img", "find", "run pixels", "stats"]);
  });
});

test("an abort drops what has not begun, and frees what comes too late", async () => {
  await withClient(async (page) => {
    const { codes, stats } = await page.evaluate(async () => {
      const { candling, failure } = window;
      const pixels = new ImageData(64, 64);
      const begun = new Promise((resolve) => {
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function (...given) {
          Worker.prototype.postMessage = postMessage;
          this.postMessage(...given);
          resolve();
        };
      });
      const [running, queued, before] = [new AbortController(), new AbortController(), AbortSignal.abort()];
      const all = Promise.all([
        failure(() => candling.run(pixels, { signal: running.signal })),
        failure(() => candling.run(pixels, { signal: queued.signal })),
        failure(() => candling.run(pixels, { signal: before })),
      ]);
      await begun; // the first is on its way to the worker
      running.abort();
      queued.abort();
      const codes = (await all).map(({ code }) => code);
      // by the time of its answer the late run is known, and its freeing next in the queue
      await candling.stats();
      return { codes, stats: await candling.stats() };
    });
    assert.deepEqual(codes, ["aborted", "aborted", "aborted"]);
    assert.equal(stats.forwards, 1, "only the first had begun");
    assert.equal(stats.runs, 0, "and it was freed");
  });
});

test("an aborted load asks no further and leaves nothing behind", async () => {
  await withPage(
    async (page) => {
      await emptyPage(page);
      let asked = 0;
      // The model never comes.
      await page.route(`**${MODEL}`, () => {
        asked += 1;
      });
      await page.evaluate(async (model) => {
        window.client = await import("/lib/candling.js");
        window.cancel = new AbortController();
        window.loading = window.failure(() =>
          window.client.Candling.load({ model, signal: window.cancel.signal }),
        );
      }, MODEL);
      await waitUntil(() => asked > 0);
      const error = await page.evaluate(() => {
        window.cancel.abort();
        return window.loading;
      });
      assert.equal(error.code, "aborted");
      assert.equal(asked, 1);
      await workersLeft(page, 0);
    },
    { expectErrors: /ERR_FAILED|ERR_ABORTED/ },
  );
});

test("progress counts the model's bytes up to their number", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    const steps = await page.evaluate(async (model) => {
      const { Candling } = await import("/lib/candling.js");
      const steps = [];
      await Candling.load({ model, onProgress: (step) => steps.push(step) });
      return steps;
    }, MODEL);
    const size = readFileSync(new URL(`../../www${MODEL}`, import.meta.url)).length;
    assert.ok(steps.length >= 2);
    assert.deepEqual(steps[0], { loaded: 0, total: size });
    assert.deepEqual(steps.at(-1), { loaded: size, total: size });
    steps.reduce((last, { loaded }) => (assert.ok(loaded >= last), loaded), 0);
  });
});

test("a freed run and a closed candling say so", async () => {
  await withClient(async (page) => {
    const result = await page.evaluate(async () => {
      const { candling, client, failure } = window;
      const run = await candling.run(new ImageData(64, 64));
      const map = await run.explain({ method: "grad-cam" });
      const asked = run.explain({ method: "cam" });
      run.free();
      run.free();
      await asked; // asked for before it was freed
      const canvas = document.createElement("canvas");
      const freed = {
        explain: await failure(() => run.explain({ method: "cam" })),
        paint: await failure(() => client.paint(canvas, map)),
        photo: run.photo,
      };
      const alone = await client.paint(canvas, map, { photo: false });
      const { runs } = await candling.stats();
      const open = await candling.run(new ImageData(8, 8));
      const waiting = [
        failure(() => candling.run(new ImageData(8, 8))),
        failure(() => open.explain({ method: "cam" })),
      ];
      candling.close();
      candling.close();
      open.free();
      const closed = [
        ...(await Promise.all(waiting)),
        await failure(() => candling.run(new ImageData(8, 8))),
        await failure(() => candling.findClass("tabby")),
        await failure(() => open.explain({ method: "cam" })),
        await failure(() => client.paint(canvas, map, { photo: false })),
      ];
      return { freed, alone, runs, closed };
    });
    assert.equal(result.freed.explain.code, "run-freed");
    assert.equal(result.freed.paint.code, "run-freed");
    assert.equal(result.freed.photo, undefined);
    assert.equal(result.alone, true, "a map alone needs no photo");
    assert.equal(result.runs, 0);
    assert.deepEqual(
      result.closed.map(({ code }) => code),
      ["closed", "closed", "closed", "closed", "run-freed", "closed"],
    );
    await workersLeft(page, 0);
  });
});

test("freed runs give their memory back", async () => {
  await withClient(async (page) => {
    const [before, after] = await page.evaluate(async () => {
      const { candling } = window;
      const once = async () => (await candling.run(new ImageData(64, 64))).free();
      await once();
      await once();
      const before = (await candling.stats()).memory;
      for (let i = 0; i < 8; i++) await once();
      return [before, (await candling.stats()).memory];
    });
    assert.equal(after, before, "the wasm memory does not grow");
  });
});

test("the latest paint on a canvas wins", async () => {
  await withClient(async (page) => {
    await samples(page);
    const { drawn, same } = await page.evaluate(async () => {
      const { candling, client, photo } = window;
      const run = await candling.run(await photo("dog_cat.jpg"));
      const [dog, cat] = await Promise.all(
        [235, 285].map((target) => run.explain({ method: "grad-cam", target })),
      );
      const [contested, calm] = [document.createElement("canvas"), document.createElement("canvas")];
      const drawn = await Promise.all([
        client.paint(contested, dog),
        client.paint(contested, dog),
        client.paint(contested, cat),
      ]);
      await client.paint(calm, cat);
      return { drawn, same: contested.toDataURL() === calm.toDataURL() };
    });
    assert.deepEqual(drawn, [false, false, true]);
    assert.ok(same);
  });
});

test("paint lays the map on exactly the part that was seen", async () => {
  await withClient(async (page) => {
    await samples(page);
    const { view, size, touched } = await page.evaluate(async () => {
      const { candling, client, photo } = window;
      const run = await candling.run(await photo("dog_cat.jpg"), { fit: "crop" });
      const map = await run.explain({ method: "grad-cam", target: 235 });
      const canvas = document.createElement("canvas");
      const read = () => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      await client.paint(canvas, map, { opacity: 0 });
      const bare = read();
      await client.paint(canvas, map, { opacity: 1 });
      const covered = read();
      // the box of what changed
      const box = [canvas.width, canvas.height, 0, 0];
      for (let i = 0; i < bare.length; i += 4) {
        if ([0, 1, 2].every((k) => bare[i + k] === covered[i + k])) continue;
        const x = (i / 4) % canvas.width;
        const y = Math.floor(i / 4 / canvas.width);
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x + 1);
        box[3] = Math.max(box[3], y + 1);
      }
      return { view: run.view, size: [canvas.width, canvas.height], touched: box };
    });
    assert.deepEqual(size, [800, 478]);
    assert.ok(view.width === view.height && view.width < 478, JSON.stringify(view));
    const seen = [view.x, view.y, view.x + view.width, view.y + view.height].map(Math.round);
    assert.deepEqual(touched, seen);
  });
});

test("a crash of the engine: told to the caller, and the calls behind it are answered", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    const traps = await setTraps(page);
    traps.source = "Engine.prototype.forward = trap;";
    const { crash, behind } = await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      window.candling = await window.client.Candling.load({ model });
      const { candling, failure } = window;
      const crash = failure(() => candling.run(new ImageData(8, 8)));
      return { crash: await crash, behind: await candling.findClass("tabby") };
    }, MODEL);
    assert.equal(crash.code, "engine-crashed");
    assert.match(crash.message, /unreachable.*restarted/);
    assert.equal(behind, 281);

    traps.source = ""; // the worker after the next crash is sound
    const length = await page.evaluate(async () => {
      const { candling, failure } = window;
      await failure(() => candling.run(new ImageData(8, 8)));
      const run = await candling.run(new ImageData(8, 8));
      return (await run.explain({ method: "grad-cam" })).data.length;
    });
    assert.equal(length, 49);
    await workersLeft(page, 1);
  });
});

test("no memory left in the middle of a forward pass: a crash too, and the engine is a new one", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    // Enough for the model and some runs of 224×224, too little for one of 672×672, which keeps about 270 MB.
    await limitMemory(page, 192 * 2 ** 20);
    const { crash, lost, after } = await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      const candling = await window.client.Candling.load({ model });
      const zeros = (side) => [new Float32Array(3 * side * side), [1, 3, side, side]];
      const small = await candling.runTensor(...zeros(224));
      const crash = await window.failure(() => candling.runTensor(...zeros(672)));
      const lost = await window.failure(() => small.explain({ method: "cam" }));
      await (await candling.runTensor(...zeros(224))).explain({ method: "cam" });
      return { crash, lost, after: await candling.stats() };
    }, MODEL);
    assert.equal(crash.code, "engine-crashed", crash.message);
    assert.equal(lost.code, "run-lost");
    assert.equal(after.forwards, 1, "counted by the new worker");
    await workersLeft(page, 1);
  });
});

test("a run that was lost in a crash says so; a new one works", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    const traps = await setTraps(page);
    traps.source = `
      const explain = Run.prototype.explain;
      Run.prototype.explain = function (...args) { return args[0] === "deconvnet" ? trap() : explain.apply(this, args); };`;
    const codes = await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      const candling = await window.client.Candling.load({ model });
      const run = await candling.run(new ImageData(8, 8));
      const crash = await window.failure(() => run.explain({ method: "deconvnet" }));
      const lost = await window.failure(() => run.explain({ method: "cam" }));
      run.free();
      const again = await (await candling.run(new ImageData(8, 8))).explain({ method: "cam" });
      return [crash.code, lost.code, again.method];
    }, MODEL);
    assert.deepEqual(codes, ["engine-crashed", "run-lost", "cam"]);
  });
});
