/** Feature test for relaxed SIMD. */

/**
 * A module with one of each relaxed instruction in the builds `relaxed-simd` and `threads`;
 * `tests/e2e/engine-fallback.test.mjs` compares it with them. Browsers add these instructions one by one, so
 * support for some does not imply the others.
 */
// biome-ignore format: an instruction a line
const PROBE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, // magic number and version (WebAssembly core specification, 5.5.16)
  1, 6, 1, 96, 1, 123, 1, 123, // a function from a vector to a vector
  3, 2, 1, 0,
  10, 28, 1, 26, 0, // its body: the operands, and after each its instruction (5.4.8)
  32, 0, 32, 0, 32, 0, 253, 133, 2, // f32x4.relaxed_madd
  32, 0, 253, 141, 2, // f32x4.relaxed_min
  32, 0, 253, 142, 2, // f32x4.relaxed_max
  32, 0, 253, 143, 2, // f64x2.relaxed_min
  11,
);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
