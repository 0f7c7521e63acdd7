/** The model of the site's pages, with full and with small weights. */
import type { ModelFiles } from "../candling.js";

/** Addresses of the model files, relative to the page. */
export const MODEL_FILES = {
  full: "models/efficientnet-lite0.safetensors",
  small: "models/efficientnet-lite0-small.safetensors",
} as const satisfies ModelFiles;
