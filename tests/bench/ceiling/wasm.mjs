/**
 * The ceiling's kernels as WebAssembly text, one module with separate multiply and add and one with fused
 * ones.
 */
import { DEPTH, KERNELS, LEFT_PANEL, MEMORY_PAGES, RIGHT_PANEL, TILES } from "./layout.mjs";

/** Sums in flight: enough to hide a multiply-add's latency, few enough for the registers of an x86-64 CPU. */
const ACCUMULATORS = 10;
const UNROLLED = 2;
const LANES = 4;

const range = (count) => [...Array(count).keys()];
const get = (name) => `(local.get $${name})`;
const total = (names) => names.map(get).reduce((sum, next) => `(f32x4.add ${sum} ${next})`);
const vectors = (names) => names.map((name) => `(local $${name} v128)`).join("");
const repeat = (label, counter, body) => `(loop $${label} ${body}
  (br_if $${label} (local.tee $${counter} (i32.sub ${get(counter)} (i32.const 1)))))`;
const advance = (pointer, bytes) => `(local.set $${pointer} (i32.add ${get(pointer)} (i32.const ${bytes})))`;

/** Independent sums, no loads: the most multiply-adds that a core can do. */
function peak(multiplyAdd) {
  const sums = range(ACCUMULATORS).map((i) => `sum${i}`);
  const step = sums.map((sum) => `(local.set $${sum} ${multiplyAdd(get(sum), get("a"), get("b"))})`).join("");
  return `
(func (export "peakMultiplyAdds") (result i32) (i32.const ${ACCUMULATORS * UNROLLED * LANES}))
(func (export "peak") (param $steps i32) (result f32) ${vectors([...sums, "a", "b"])}
  (local.set $a (v128.load (i32.const 0))) (local.set $b (v128.load (i32.const 16)))
  ${repeat("l", "steps", step.repeat(UNROLLED))}
  (f32x4.extract_lane 0 ${total(sums)}))`;
}

/** The inner tile of a matrix product over packed panels, `rounds` times. */
function tile(rows, columns, multiplyAdd) {
  const across = range(columns / LANES);
  const sums = range(rows).flatMap((row) => across.map((column) => `sum${row}_${column}`));
  const loadRight = across
    .map((j) => `(local.set $b${j} (v128.load offset=${16 * j} ${get("right")}))`)
    .join("");
  const multiply = range(rows).map((row) => {
    const splat = `(local.set $a (v128.load32_splat offset=${4 * row} ${get("left")}))`;
    const add = (j) =>
      `(local.set $sum${row}_${j} ${multiplyAdd(get(`sum${row}_${j}`), get("a"), get(`b${j}`))})`;
    return splat + across.map(add).join("");
  });
  const depth = loadRight + multiply.join("\n") + advance("left", 4 * rows) + advance("right", 4 * columns);
  return `
(func (export "tile${rows}x${columns}") (param $rounds i32) (result f32)
  (local $left i32) (local $right i32) (local $k i32) ${vectors([...sums, "a", ...across.map((j) => `b${j}`)])}
  ${repeat(
    "r",
    "rounds",
    `
    (local.set $left (i32.const ${LEFT_PANEL})) (local.set $right (i32.const ${RIGHT_PANEL}))
    (local.set $k (i32.const ${DEPTH})) ${repeat("l", "k", depth)}`,
  )}
  (f32x4.extract_lane 0 ${total(sums)}))`;
}

/** One pass over `size` bytes, 64 at a time, `rounds` times. */
function pass(name, parameters, locals, result, line, end) {
  const next = `(br_if $l (i32.lt_u (local.tee $i (i32.add ${get("i")} (i32.const 64))) ${get("size")}))`;
  return `
(func (export "${name}") ${parameters} (param $size i32) (param $rounds i32) ${result} (local $i i32) ${locals}
  ${repeat("r", "rounds", `(local.set $i (i32.const 0)) (loop $l ${[0, 16, 32, 48].map(line).join("")} ${next})`)} ${end})`;
}

function memory() {
  const at = (pointer) => `(i32.add ${get(pointer)} ${get("i")})`;
  const load = (offset) => `(v128.load offset=${offset} ${at("from")})`;
  const sums = [0, 16, 32, 48].map((offset) => `sum${offset}`);
  const copyLine = (offset) => `(v128.store offset=${offset} ${at("to")} ${load(offset)})`;
  const readLine = (offset) => `(local.set $sum${offset} (f32x4.add ${get(`sum${offset}`)} ${load(offset)}))`;
  return (
    pass("copy", "(param $to i32) (param $from i32)", "", "", copyLine, "") +
    pass(
      "read",
      "(param $from i32)",
      vectors(sums),
      "(result f32)",
      readLine,
      `(f32x4.extract_lane 0 ${total(sums)})`,
    )
  );
}

/** The module of one kind of multiply-add, as bytes. */
export function assemble(binaryen, kind) {
  const { multiplyAdd } = KERNELS[kind];
  const tiles = TILES.map(([rows, columns]) => tile(rows, columns, multiplyAdd)).join("");
  const module = binaryen.parseText(
    `(module (memory (export "memory") ${MEMORY_PAGES}) ${peak(multiplyAdd)} ${tiles} ${memory()})`,
  );
  module.setFeatures(binaryen.Features.All);
  if (!module.validate()) throw new Error(`the ceiling's ${kind} module is not valid`);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
