/**
 * The limits of one core in wasm: arithmetic from registers, the inner tile of a matrix product from the
 * nearest cache, and memory.
 */
import { publish, timed } from "./operations.mjs";
import { COPY_TARGET, DEPTH, KERNELS, MEMORY_SIZES, PANELS_END, SOURCE, TILES } from "../ceiling/layout.mjs";

const load = async (kind) =>
  (await WebAssembly.instantiateStreaming(fetch(`/pages/ceiling-${kind}.wasm`))).instance.exports;

/** Each call takes a few milliseconds: long against the clock's step, short against a time slice. */
const PEAK_STEPS = 1_000_000;
const TILE_MULTIPLY_ADDS = 5e7;
const BYTES = 64 << 20;

const operations = {};
/** Work of one call by operation, in FLOP or bytes. */
const work = {};
const add = (name, amount, run) => {
  operations[name] = run;
  work[name] = amount;
};

for (const [kind, { label }] of Object.entries(KERNELS)) {
  const kernels = await load(kind);
  // small numbers, so that no sum ever becomes infinite or denormal
  new Float32Array(kernels.memory.buffer, 0, PANELS_END / 4).fill(1e-3);
  add(`${label}, registers`, { flop: PEAK_STEPS * kernels.peakMultiplyAdds() * 2 }, () =>
    kernels.peak(PEAK_STEPS),
  );
  for (const [rows, columns] of TILES) {
    const rounds = Math.round(TILE_MULTIPLY_ADDS / (DEPTH * rows * columns));
    const flop = 2 * rounds * DEPTH * rows * columns;
    add(`${label}, tile ${rows}×${columns}`, { flop }, () => kernels[`tile${rows}x${columns}`](rounds));
  }
}

const { memory, copy, read } = await load("plain");
new Float32Array(memory.buffer, SOURCE, BYTES / 4).fill(1e-3);
for (const [label, size] of Object.entries(MEMORY_SIZES)) {
  const rounds = BYTES / size;
  // a copy reads its bytes and writes them
  add(`copy ${label}`, { bytes: 2 * BYTES, workingSet: 2 * size }, () =>
    copy(COPY_TARGET, SOURCE, size, rounds),
  );
  add(`read ${label}`, { bytes: BYTES, workingSet: size }, () => read(SOURCE, size, rounds));
}

publish({ ...timed(operations), work });
