/** The interface of every page to the driver: operations that can be timed, and whose answers can be read. */

/**
 * The class that is explained; its rows of the classifier lie in `alpha.bin`, its goldens in
 * `reference.json`.
 */
export const TARGET_CLASS = 285;
export const SIZE = 224;

export const query = new URLSearchParams(location.search);
export const threads = Number(query.get("threads") ?? 1);

export const floats = async (address) => new Float32Array(await (await fetch(address)).arrayBuffer());

/** The picture as 3×224×224 values. */
export const input = () => floats("/model/input.bin");

/** Planes to pixels: NCHW to NHWC. */
export function interleaved(planes) {
  const area = planes.length / 3;
  return Float32Array.from({ length: planes.length }, (_, i) => planes[(i % 3) * area + Math.floor(i / 3)]);
}

/** Pixels to planes: NHWC to NCHW. */
export function planar(pixels) {
  const area = pixels.length / 3;
  return Float32Array.from(
    { length: pixels.length },
    (_, i) => pixels[3 * (i % area) + Math.floor(i / area)],
  );
}

/**
 * `operations` by name: functions, maybe asynchronous, that do the whole of what is timed, from the input's
 * values in JavaScript to the answer's values in JavaScript.
 *
 * Returns `time(name, count)`, milliseconds of each of `count` calls, and `value(name)`, one call's answer.
 */
export const timed = (operations) => ({
  async time(name, count) {
    const milliseconds = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await operations[name]();
      milliseconds.push(performance.now() - start);
    }
    return milliseconds;
  },
  value: (name) => operations[name](),
});

/** Hands the page over to the driver. */
export function publish(bench) {
  window.bench = bench;
}
