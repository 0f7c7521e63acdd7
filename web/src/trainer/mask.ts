/**
 * Reading of mask files. A PNG is read by the wasm module, with palette indices, as on the command line;
 * other formats are decoded by the browser.
 */
import { ALLOW, givesPixels } from "../canvas.js";
import type { EvidenceInFile, FileMask } from "./messages.js";

type Wasm = typeof import("../candling_head.js");

export async function maskOf(wasm: Wasm, file: Blob, value: number | undefined): Promise<FileMask> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const mask = wasm.isPng(bytes)
    ? wasm.maskOfPng(bytes, value)
    : await maskOfPixels(wasm, file, bytes, value);
  try {
    return { width: mask.width, height: mask.height, data: mask.inside(), rule: mask.rule() };
  } finally {
    mask.free();
  }
}

async function maskOfPixels(wasm: Wasm, file: Blob, bytes: Uint8Array, value: number | undefined) {
  if (!givesPixels()) throw bad(`${ALLOW}, or save the masks as png`);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw bad("this browser does not read it; save the mask as png");
  });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (context === null) throw bad("the browser has no canvas for a picture of this size");
    context.drawImage(bitmap, 0, 0);
    return wasm.maskOfPixels(bytes, width, height, context.getImageData(0, 0, width, height).data, value);
  } finally {
    bitmap.close();
  }
}

/**
 * The share of a map's evidence in a mask (energy-based pointing game), and that of a uniform map; at the
 * mask's own size, as on the command line.
 */
export async function evidenceInFile(
  wasm: Wasm,
  { map, height, width, view, photo, file, value }: EvidenceInFile,
) {
  const mask = await maskOf(wasm, file, value);
  const scaled = wasm.isScaled(mask.width, mask.height, photo.width, photo.height);
  const [across, down] = [mask.width / photo.width, mask.height / photo.height];
  const [x, y, w, h] = view;
  const seen = Float64Array.of(x * across, y * down, w * across, h * down);
  const share = (values: Float32Array, rows: number, columns: number) =>
    wasm.evidenceShare(values, rows, columns, mask.data, mask.height, mask.width, seen) ?? null;
  return { share: share(map, height, width), evenly: share(Float32Array.of(1), 1, 1), scaled };
}

function bad(message: string): Error {
  return Object.assign(new Error(message), { code: "bad-mask" });
}
