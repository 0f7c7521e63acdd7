/**
 * The live stream: the same maps as those of single photos, frames dropped and never queued, nothing left
 * behind.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyPage, MODEL, setTraps, stage, workersLeft } from "./support/stage.mjs";

const { withPage, withClient } = stage();

/** The top classes of the two samples that are shown. */
const EGYPTIAN_MAU = 285;
const MACAW = 88;

/** `paint` and the stream blend on canvases of different kinds, which may round a level differently. */
const BLENDING = 1;

/** Helpers in the page: `pictures`, and iterators and canvases that show them. */
async function pictures(page) {
  await page.evaluate(async () => {
    const picture = async (name) => {
      const blob = await (await fetch(`/samples/${name}.jpg`)).blob();
      return createImageBitmap(blob, { resizeWidth: 224, resizeHeight: 224 });
    };
    window.pictures = [await picture("cat"), await picture("macaw")];
    window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    window.until = async (holds) => {
      while (!holds()) await window.sleep(5);
    };

    /** Shows the pictures in turn, `ms` each, until the signal; `canvas` is in the page. */
    window.slides = (ms, signal) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 224;
      document.body.append(canvas);
      const context = canvas.getContext("2d");
      const draw = (now) => {
        context.drawImage(window.pictures[Math.floor(now / ms) % 2], 0, 0);
        if (!signal.aborted) requestAnimationFrame(draw);
      };
      draw(performance.now());
      return canvas;
    };

    /** Streams `source` until `enough(frames so far)`; gives back the frames and the counts. */
    window.watch = async (source, enough, options = {}) => {
      const stop = new AbortController();
      const frames = [];
      const onFrame = (frame) => {
        frames.push(frame);
        if (enough(frames)) stop.abort();
      };
      const stats = await window.candling.live({
        source: source(stop.signal),
        onFrame,
        signal: stop.signal,
        ...options,
      });
      return { frames, stats };
    };
    window.bothSeen = (frames) => new Set(frames.map(({ predictions }) => predictions[0].index)).size > 1;
  });
}

/** Like `stage`'s `withClient`, with the pictures. */
function withPictures(body) {
  return withClient(async (page, requests) => {
    await pictures(page);
    await body(page, requests);
  });
}

/** In the page: what each picture gives as a frame of a stream and as a photo, left to itself and asked in
 *  particular. */
async function movingAndStill() {
  const { candling, client, pictures } = window;
  // One frame is asked for when the one before is done, so that none is dropped.
  let done;
  async function* source() {
    for (const picture of pictures) {
      const next = new Promise((resolve) => {
        done = resolve;
      });
      yield await createImageBitmap(picture);
      await next;
    }
  }
  const numbers = ({ data, channels, height, width, max, target, layer }) => ({
    data: Array.from(data),
    channels,
    height,
    width,
    max,
    target,
    layer,
  });
  const screen = document.createElement("canvas");
  const pixels = (canvas) => {
    const copy = new OffscreenCanvas(224, 224).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    return Array.from(copy.getImageData(0, 0, 224, 224).data);
  };
  const pairs = [];
  for (const options of [
    {},
    {
      target: { class: "tabby", over: 88 },
      layer: "blocks.10.add",
      fit: "crop",
      colormap: "viridis",
      opacity: 0.8,
    },
  ]) {
    const { target, layer, fit, colormap, opacity } = options;
    const live = [];
    const onFrame = (frame) => {
      live.push({
        map: numbers(frame),
        predictions: frame.predictions,
        view: frame.view,
        frame: frame.frame,
        pixels: pixels(screen),
      });
      done();
    };
    await candling.live({ source: source(), canvas: screen, onFrame, ...options });
    for (const [i, picture] of pictures.entries()) {
      const run = await candling.run(picture, fit === undefined ? {} : { fit });
      const map = await run.explain({ method: "grad-cam", target, layer });
      const canvas = document.createElement("canvas");
      await client.paint(canvas, map, { colormap: colormap ?? "turbo", opacity: opacity ?? 0.5 });
      const still = {
        map: numbers(map),
        predictions: run.predictions.slice(0, 5),
        view: run.view,
        frame: { width: 224, height: 224 },
        pixels: pixels(canvas),
      };
      pairs.push([live[i], still]);
      run.free();
    }
  }
  return pairs;
}

test("a frame's map, predictions and overlay are those of the same picture as a photo", async () => {
  await withPictures(async (page) => {
    const pairs = await page.evaluate(movingAndStill);
    assert.equal(pairs.length, 4);
    for (const [{ pixels: moving, ...live }, { pixels: still, ...photo }] of pairs) {
      assert.deepEqual(live, photo);
      const apart = moving.reduce((most, value, i) => Math.max(most, Math.abs(value - still[i])), 0);
      assert.ok(apart <= BLENDING, `the overlay is ${apart} levels off`);
    }
    assert.deepEqual(
      pairs.map(([{ predictions }]) => predictions[0].index),
      [EGYPTIAN_MAU, MACAW, EGYPTIAN_MAU, MACAW],
    );
    assert.notDeepEqual(pairs[0][0].pixels, pairs[1][0].pixels);
  });
});

for (const kind of ["canvas", "video", "track"]) {
  test(`a ${kind}: what is shown follows the picture, frame by frame`, async () => {
    await withPictures(async (page) => {
      const { classes, stats, shown, runs, size } = await page.evaluate(async (kind) => {
        const screen = document.createElement("canvas");
        const shown = new Map();
        const source = (signal) => {
          const canvas = window.slides(400, signal);
          if (kind === "canvas") return canvas;
          const stream = canvas.captureStream();
          if (kind === "track") return stream.getVideoTracks()[0];
          const video = document.createElement("video");
          video.muted = true;
          video.srcObject = stream;
          video.play();
          return video;
        };
        const enough = (frames) => {
          shown.set(frames.at(-1).predictions[0].index, screen.toDataURL());
          return window.bothSeen(frames);
        };
        const { frames, stats } = await window.watch(source, enough, { canvas: screen });
        const { runs } = await window.candling.stats();
        return {
          classes: frames.map(({ predictions }) => predictions[0].index),
          stats,
          shown: [...shown.values()],
          runs,
          size: [screen.width, screen.height, frames[0].frame],
        };
      }, kind);
      assert.deepEqual(new Set(classes), new Set([EGYPTIAN_MAU, MACAW]));
      assert.equal(stats.frames, classes.length);
      assert.ok(stats.fps > 0);
      assert.equal(shown.length, 2);
      assert.notEqual(shown[0], shown[1]);
      assert.deepEqual(size, [224, 224, { width: 224, height: 224 }]);
      assert.equal(runs, 0);
    });
  });
}

test("frames are dropped, not queued, and every one is closed", async () => {
  await withPictures(async (page) => {
    const { made, open, stats, ages, returned } = await page.evaluate(async () => {
      const all = [];
      let returned = false;
      async function* source() {
        try {
          for (let n = 0; n < 40; n++) {
            const frame = await createImageBitmap(window.pictures[0], 0, 0, 100 + n, 224);
            all.push(frame);
            yield frame;
            await window.sleep(4);
          }
        } finally {
          returned = true;
        }
      }
      const ages = [];
      const stats = await window.candling.live({
        source: source(),
        // the width tells which frame it was, the list how many have come since
        onFrame: ({ frame }) => ages.push({ number: frame.width - 100, newest: all.length - 1 }),
      });
      return { made: all.length, open: all.filter(({ width }) => width > 0).length, stats, ages, returned };
    });
    assert.equal(made, 40);
    assert.equal(stats.frames + stats.dropped, 40);
    assert.ok(stats.frames > 1 && stats.dropped > 0, JSON.stringify(stats));
    assert.equal(open, 0, "frames that nobody closed");
    assert.ok(returned);
    assert.equal(ages.at(-1).number, 39, "the last frame is explained");
    // A queue would fall ever further behind: the frame taken is the newest of when the one before was done.
    for (const [i, { number }] of ages.entries()) {
      if (i > 0)
        assert.ok(
          number >= ages[i - 1].newest,
          `frame ${number} was old when it was taken: ${JSON.stringify(ages)}`,
        );
    }
  });
});

test("an abort ends the stream at once, lets go of its frames, and the canvas serves again", async () => {
  await withPictures(async (page) => {
    const { first, second, returned, open, before, stats, early } = await page.evaluate(async () => {
      const { candling } = window;
      const screen = document.createElement("canvas");
      const all = [];
      let returned = 0;
      const source = async function* () {
        try {
          for (;;) {
            all.push(await createImageBitmap(window.pictures[0]));
            yield all.at(-1);
          }
        } finally {
          returned += 1;
        }
      };
      const enough = (frames) => frames.length === 3;
      const first = await window.watch(source, enough, { canvas: screen });
      const second = await window.watch(source, enough, { canvas: screen });
      const before = await candling.stats();
      await window.watch(source, (frames) => frames.length === 20, { canvas: screen });
      const early = await candling.live({ source: source(), canvas: screen, signal: AbortSignal.abort() });
      await window.until(() => returned === 3); // an iterator that was just asked ends after its answer
      const stats = await candling.stats();
      return {
        first: first.stats,
        second: second.stats,
        returned,
        before,
        stats,
        early,
        open: all.filter(({ width }) => width > 0).length,
      };
    });
    assert.equal(first.frames, 3);
    assert.equal(second.frames, 3);
    assert.equal(early.frames, 0);
    assert.equal(returned, 3, "the fourth was never begun");
    assert.equal(open, 0, "frames that nobody closed");
    assert.equal(stats.runs, 0);
    assert.equal(stats.memory, before.memory, "the wasm memory does not grow");
  });
});

test("other calls have their turn between two frames", async () => {
  await withPictures(async (page) => {
    const { before, after } = await page.evaluate(async () => {
      const stop = new AbortController();
      let count = 0;
      const done = window.candling.live({
        source: window.slides(400, stop.signal),
        onFrame: () => {
          count += 1;
        },
        signal: stop.signal,
      });
      await window.until(() => count >= 2);
      const run = await window.candling.run(window.pictures[0]);
      await run.explain({ method: "guided-backprop" });
      run.free();
      const before = count;
      await window.until(() => count >= before + 2);
      stop.abort();
      await done;
      return { before, after: count };
    });
    assert.ok(after >= before + 2);
  });
});

test("a hidden page takes no frames", async () => {
  await withPictures(async (page) => {
    const { shown, hidden, again } = await page.evaluate(async () => {
      const stop = new AbortController();
      let count = 0;
      let making = false;
      const source = async function* () {
        for (;;) {
          making = true;
          const frame = await createImageBitmap(window.pictures[0]);
          making = false;
          yield frame;
        }
      };
      const hide = (hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      };
      const done = window.candling.live({
        source: source(),
        onFrame: () => {
          count += 1;
        },
        signal: stop.signal,
      });
      await window.until(() => count >= 2);
      const shown = count;
      hide(true);
      await window.candling.stats(); // behind the frame in flight
      await window.until(() => !making); // and the one that its iterator was asked for
      await window.candling.stats();
      const settled = count;
      await window.sleep(400);
      const hidden = count - settled;
      hide(false);
      await window.until(() => count >= settled + 2);
      stop.abort();
      await done;
      return { shown, hidden, again: count };
    });
    assert.equal(hidden, 0);
    assert.ok(again > shown);
  });
});

test("a bad frame is skipped and told; the third in a row ends the stream", async () => {
  await withPictures(async (page) => {
    const { mixed, errors, end } = await page.evaluate(async () => {
      const { candling, failure } = window;
      /** Frames one by one, 1 good, 0 bad. */
      const source = (kinds) => {
        let done = () => {};
        return {
          go: () => done(),
          async *frames() {
            for (const good of kinds) {
              const next = new Promise((resolve) => {
                done = resolve;
              });
              const frame = await createImageBitmap(window.pictures[0]);
              if (!good) frame.close();
              yield frame;
              await next;
            }
          },
        };
      };
      const errors = [];
      const stream = (kinds) => {
        const { go, frames } = source(kinds);
        return candling.live({
          source: frames(),
          onFrame: go,
          onError: ({ code, message }) => {
            errors.push({ code, message });
            go();
          },
        });
      };
      const mixed = await stream([1, 0, 0, 1, 0, 1]);
      return { mixed, errors: errors.splice(0), end: await failure(() => stream([0, 0, 0])) };
    });
    assert.equal(mixed.frames, 3);
    assert.equal(mixed.failed, 3);
    assert.deepEqual(
      errors.map(({ code }) => code),
      Array(3).fill("corrupt-image"),
    );
    assert.match(errors[0].message, /^the ImageBitmap is empty/);
    assert.equal(end.code, "corrupt-image");
  });
});

test("the engine crashes in a frame: the stream goes on with a new one", async () => {
  await withPage(async (page) => {
    await emptyPage(page);
    let workers = 0;
    const crash = `
      const forwardTo = Engine.prototype.forwardTo;
      let frames = 0;
      Engine.prototype.forwardTo = function (...input) { return ++frames === 2 ? trap() : forwardTo.apply(this, input); };`;
    await setTraps(page, {
      get source() {
        return workers++ === 0 ? crash : "";
      },
    });
    await page.evaluate(async (model) => {
      window.client = await import("/lib/candling.js");
      window.candling = await window.client.Candling.load({ model });
    }, MODEL);
    await pictures(page);
    const { stats, codes } = await page.evaluate(async () => {
      const codes = [];
      const onError = ({ code }) => codes.push(code);
      const { stats } = await window.watch(
        (signal) => window.slides(400, signal),
        (frames) => frames.length === 4,
        { onError },
      );
      return { stats, codes };
    });
    assert.deepEqual(codes, ["engine-crashed"]);
    assert.equal(stats.failed, 1);
    assert.equal(stats.frames, 4);
    await workersLeft(page, 1);
  });
});

/** In the page: the errors of streams that cannot work, what became of one of the caller's own, and the
 *  frames still open. */
async function refused() {
  const { candling, failure } = window;
  const all = [];
  let begun = 0;
  let ended = 0;
  const source = async function* () {
    begun += 1;
    try {
      for (;;) {
        all.push(await createImageBitmap(window.pictures[0]));
        yield all.at(-1);
      }
    } finally {
      ended += 1;
    }
  };
  const onFrame = () => {};
  const drawn = document.createElement("canvas");
  drawn.getContext("2d");
  const errors = [];
  for (const options of [
    undefined,
    { source: source() },
    { source: 5, onFrame },
    { source: [1, 2], onFrame },
    { source: source(), onFrame: 5 },
    { source: source(), canvas: drawn },
    { source: source(), canvas: document.body },
    { source: source(), onFrame, target: {} },
    { source: source(), onFrame, fit: 5 },
    { source: source(), canvas: document.createElement("canvas"), colormap: "rainbow" },
    { source: source(), canvas: document.createElement("canvas"), opacity: 2 },
    {
      source: (async function* () {
        yield "no frame";
      })(),
      onFrame,
    },
    { source: source(), onFrame, target: 1000 },
    { source: source(), onFrame, layer: "no such layer" },
  ]) {
    errors.push(await failure(() => candling.live(options)));
  }
  const own = await candling
    .live({
      source: source(),
      onFrame: () => {
        throw new Error("mine");
      },
    })
    .catch(({ message }) => message);
  errors.push(await failure(() => candling.live({ source: source(), onFrame: () => candling.close() })));
  await window.until(() => ended === begun);
  return { errors, own, open: all.filter(({ width }) => width > 0).length };
}

test("what cannot work is refused, and no frame is left open", async () => {
  await withPictures(async (page) => {
    const { errors, own, open } = await page.evaluate(refused);
    assert.deepEqual(
      errors.map(({ code }) => code),
      [...Array(12).fill("bad-argument"), "unknown-class", "unknown-layer", "closed"],
    );
    assert.equal(own, "mine");
    assert.equal(open, 0, "frames that nobody closed");
  });
});
