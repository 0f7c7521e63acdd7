/**
 * Candling through its client, as a page uses it: the pool of workers, and the live stream. `?build=` names
 * the build.
 */
import { SIZE, TARGET_CLASS, input, publish, query, timed } from "./operations.mjs";

const address = "/lib/candling.js"; // beside its worker and its wasm, so not bundled in here
const { Candling } = await import(address);
const candling = await Candling.load({
  model: "/models/efficientnet-lite0.safetensors",
  build: query.get("build") ?? "auto",
});
const photo = await input();
const still = await picture(photo);

async function occlusion(workers) {
  const run = await candling.runTensor(photo, [1, 3, SIZE, SIZE]);
  const map = await run.occlusion({ target: TARGET_CLASS, workers });
  run.free();
  return map.data;
}

/** The input's values back as a picture: each was (pixel − 127) / 128. */
function picture(planes) {
  const area = SIZE * SIZE;
  const pixels = Uint8ClampedArray.from({ length: 4 * area }, (_, i) =>
    i % 4 === 3 ? 255 : planes[(i % 4) * area + Math.floor(i / 4)] * 128 + 127,
  );
  return createImageBitmap(new ImageData(pixels, SIZE, SIZE));
}

/**
 * Grad-CAM over a moving picture for some seconds. Returns the times at which frames were shown.
 *
 * Each frame differs from the one before, and the picture is drawn as often as the browser draws the page.
 */
async function stream(seconds) {
  const shown = [];
  const source = movingPicture();
  const screen = document.body.appendChild(document.createElement("canvas"));
  await candling.live({
    source: source.canvas,
    canvas: screen,
    onFrame: () => shown.push(performance.now()),
    signal: AbortSignal.timeout(1000 * seconds),
  });
  source.stop();
  screen.remove();
  return shown;
}

/** A canvas of 224×224 that shows the picture shifted a little further at every frame of the page. */
function movingPicture() {
  const canvas = document.body.appendChild(document.createElement("canvas"));
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d");
  let shift = 0;
  let handle = requestAnimationFrame(function draw() {
    shift = (shift + 1) % SIZE;
    context.drawImage(still, shift, 0);
    context.drawImage(still, shift - SIZE, 0);
    handle = requestAnimationFrame(draw);
  });
  return {
    canvas,
    stop() {
      cancelAnimationFrame(handle);
      canvas.remove();
    },
  };
}

publish({
  ...timed({ "1 worker": () => occlusion(1), "2 workers": () => occlusion(2) }),
  info: () => ({ build: candling.info.build, threads: candling.info.threads }),
  stream,
});
