/** The native command, and the arrays that are exchanged with it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "./stage.mjs";

export const command =
  process.env.CANDLING_BIN ?? fileURLToPath(new URL("../../../target/debug/candling", import.meta.url));
if (!existsSync(command)) {
  throw new Error(
    `there is no ${command}: run cargo build --release -p candling, or name the command in CANDLING_BIN`,
  );
}
export const folder = mkdtempSync(join(tmpdir(), "candling-e2e-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Writes a scratch file and returns its path. */
export function scratch(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** `candling ARGUMENTS --raw FILE` → the raw result. */
export function native(...args) {
  const raw = join(folder, "raw.npy");
  execFileSync(command, [...args, "--raw", raw], { stdio: ["ignore", "ignore", "inherit"] });
  return parseNpy(readFileSync(raw));
}

/** The input tensor of a golden case: its picture's pixels, (p − 127) / 128, one plane per colour. */
export function tensorOf(pngBytes) {
  const { data, width, height } = PNG.sync.read(pngBytes);
  const area = width * height;
  const values = Float32Array.from(
    { length: 3 * area },
    (_, i) => (data[4 * (i % area) + Math.floor(i / area)] - 127) / 128,
  );
  return { values, shape: [1, 3, height, width] };
}

/** f32, row-major, format version 1.0. */
export function toNpy({ values, shape }) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const start = Buffer.alloc(10);
  start.write("\x93NUMPY\x01\x00", "latin1");
  start.writeUInt16LE(length, 8);
  const text = Buffer.from(`${header.padEnd(length - 1)}\n`, "latin1");
  return Buffer.concat([start, text, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

function parseNpy(bytes) {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  assert.match(header, /'descr': '<f4', 'fortran_order': False/);
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)[1]
    .split(",")
    .filter((side) => side.trim())
    .map(Number);
  return { values: new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer), shape };
}

/** Floats as text, for the way into and out of the page. */
export const toBase64 = (values) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
export const fromBase64 = (text) => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);

/**
 * The largest difference, as a share of the largest magnitude of `expected`. A NaN on either side is
 * infinitely far.
 */
export function difference(actual, expected) {
  assert.equal(actual.length, expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const apart = expected.reduce((most, value, i) => {
    const distance = Math.abs(actual[i] - value);
    return Math.max(most, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }, 0);
  return apart === 0 ? 0 : apart / largest;
}
