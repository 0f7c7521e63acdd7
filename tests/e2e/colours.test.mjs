/**
 * The same picture from the page as from the native command: the light depends on the photo, and both know
 * the same of it.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { command, folder, scratch } from "./support/native.mjs";
import { PNG, stage } from "./support/stage.mjs";

/**
 * Tolerance in levels: a canvas multiplies colours by their alpha before it lays them over the photo, and
 * rounds both times.
 */
const ROUNDING = 2;

const { withClient } = stage();

/** 160×96: a night sky that goes from black to blue, and a pale thing in it. */
function night() {
  const png = new PNG({ width: 160, height: 96 });
  for (let i = 0; i < 160 * 96; i++) {
    const [x, y] = [i % 160, Math.floor(i / 160)];
    const pale = Math.hypot(x - 110, y - 40) < 18;
    png.data.set(pale ? [190, 180, 170, 255] : [y / 8, 4 + x / 16, 12 + y / 2, 255].map(Math.round), 4 * i);
  }
  return PNG.sync.write(png);
}

/** The pixels that `paint` draws, RGBA. */
function painted(page, bytes, { fit, colormap, opacity, patch }) {
  return page.evaluate(
    async ({ text, fit, colours, patch }) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const run = await window.candling.run(new Blob([bytes]), { fit });
      const map =
        patch === undefined
          ? await run.explain({ method: "grad-cam", target: 463 })
          : await run.occlusion({ target: 463, patch, stride: patch });
      const canvas = document.createElement("canvas");
      await window.client.paint(canvas, map, colours);
      run.free();
      const { width, height } = canvas;
      return { width, height, pixels: [...canvas.getContext("2d").getImageData(0, 0, width, height).data] };
    },
    { text: bytes.toString("base64"), fit, colours: { colormap, opacity }, patch },
  );
}

for (const [what, options, more] of [
  ["the whole photo", { fit: "squash" }, []],
  ["a part of it", { fit: "crop" }, ["--fit", "crop"]],
  [
    "an occlusion map, which lies on a part of what was seen",
    { fit: "squash", patch: 64 },
    ["--patch", "64", "--stride", "64"],
  ],
]) {
  test(`candle is painted alike in the page and by the command: ${what}`, async () => {
    const bytes = night();
    const [photo, out] = [scratch("night.png", bytes), join(folder, "painted.png")];
    const method = options.patch === undefined ? "grad-cam" : "occlusion";
    execFileSync(command, ["explain", photo, "--method", method, "--target", "463", "-o", out, ...more], {
      stdio: "ignore",
    });
    const expected = PNG.sync.read(readFileSync(out));
    await withClient(async (page) => {
      const found = await painted(page, bytes, { ...options, colormap: "candle", opacity: 0.95 });
      assert.deepEqual([found.width, found.height], [expected.width, expected.height]);
      const apart = found.pixels.map((value, i) => Math.abs(value - expected.data[i]));
      assert.ok(Math.max(...apart) <= ROUNDING, `${Math.max(...apart)} levels apart`);
      // The command's default is the page's, and neither is the photo as it was.
      const { data } = PNG.sync.read(bytes);
      assert.ok(
        found.pixels.some((value, i) => Math.abs(value - data[i]) > 40),
        "the photo is lit",
      );
    });
  });
}
