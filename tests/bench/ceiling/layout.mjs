/** Constants that the ceiling's kernels share with the page that runs them. */

/**
 * Rows and columns of the tiles: the shapes that keep all sums in wasm's registers and were the fastest of
 * eight measured.
 */
export const TILES = [
  [4, 8],
  [6, 8],
  [2, 16],
];

/** Depth of the products: the panels of every tile stay in the first cache. */
export const DEPTH = 192;

export const KERNELS = {
  plain: { label: "mul + add", multiplyAdd: (sum, a, b) => `(f32x4.add (f32x4.mul ${a} ${b}) ${sum})` },
  relaxed: { label: "relaxed fma", multiplyAdd: (sum, a, b) => `(f32x4.relaxed_madd ${a} ${b} ${sum})` },
};

/** Offsets in the module's memory in bytes: two panels, then the source and the target of copies. */
export const LEFT_PANEL = 4096;
export const RIGHT_PANEL = 32_768;
export const PANELS_END = 65_536;
export const SOURCE = 1 << 20;
export const COPY_TARGET = SOURCE + (70 << 20);
export const MEMORY_PAGES = (COPY_TARGET + (64 << 20)) / 65_536 + 1;

/** Sizes that fit the first cache, the second, the third, and none. */
export const MEMORY_SIZES = {
  "16 KiB": 16 << 10,
  "256 KiB": 256 << 10,
  "2 MiB": 2 << 20,
  "64 MiB": 64 << 20,
};
