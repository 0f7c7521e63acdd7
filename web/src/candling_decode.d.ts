/**
 * The interface of the wasm module that reads picture files: `crates/wasm-decode`, built into
 * `www/lib/decode`. As with `candling_wasm.d.ts`, every failure is a real `Error` with a kebab-case `code`.
 */

/** Fetches and compiles the `.wasm`. Must be awaited before anything else. */
export default function init(options: { module_or_path: URL }): Promise<{
  readonly memory: WebAssembly.Memory;
}>;

/** Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file. */
export function decode(bytes: Uint8Array): DecodedPhoto;

export class DecodedPhoto {
  private constructor();
  readonly width: number;
  readonly height: number;
  /** Takes the pixels out: RGBA8, straight alpha, upright, in sRGB. */
  pixels(): Uint8ClampedArray<ArrayBuffer>;
  /** Notes on defects in spite of which the picture was read. */
  notes(): string[];
  free(): void;
}
