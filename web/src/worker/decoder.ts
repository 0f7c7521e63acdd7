/** Our own decoder, a module that is fetched on first use. */
import { codes, type ModuleFiles } from "../protocol.js";
import { failure, reasonOf, withWasmObject } from "./failure.js";

type Wasm = typeof import("../candling_decode.js");

export interface DecodedPhoto {
  readonly pixels: ImageData;
  readonly notes: readonly string[];
}

let started: Promise<Wasm> | undefined;

/** Starts the module, once; after a failure the next call tries again. */
function start({ module, wasm: file }: ModuleFiles): Promise<Wasm> {
  started ??= (async () => {
    try {
      const wasm: Wasm = await import(module);
      await wasm.default({ module_or_path: new URL(file) });
      return wasm;
    } catch (cause) {
      started = undefined;
      throw failure(
        codes.engineUnavailable,
        `the module that reads this picture could not be started: ${reasonOf(cause)}`,
      );
    }
  })();
  return started;
}

export async function read(files: ModuleFiles, bytes: Uint8Array): Promise<DecodedPhoto> {
  const wasm = await start(files);
  return withWasmObject(wasm.decode(bytes), (picture) => ({
    pixels: new ImageData(picture.pixels(), picture.width, picture.height),
    notes: picture.notes(),
  }));
}
