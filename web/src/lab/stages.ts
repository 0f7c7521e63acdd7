/** Stages of a network, from the first convolution to the last. */
import type { EngineInfo, LayerInfo } from "../candling.js";

/** The last layer of every block; the default layer if there are no blocks. */
export function stagesOf({ blocks, layers, defaultLayer }: EngineInfo): readonly LayerInfo[] {
  const ends = new Set(blocks.map(({ layers }) => layers.at(-1)));
  return layers.filter(({ name }) => (ends.size === 0 ? name === defaultLayer : ends.has(name)));
}
