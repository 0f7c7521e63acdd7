/** The stages of a network, from the first convolution to the last. */
import type { LayerInfo } from "../candling.js";

/** The last layer of every block, and the layers outside of blocks: a block is what stands before the second dot of a name. Layers
 *  without positions are none to map. */
export function stagesOf(layers: readonly LayerInfo[]): readonly LayerInfo[] {
  const mapped = layers.filter(({ op, height, width }) => op !== "input" && height * width > 1);
  const block = ({ name }: LayerInfo) => name.split(".").slice(0, 2).join(".");
  return mapped.filter(
    (layer, at) => mapped[at + 1] === undefined || block(layer) !== block(mapped[at + 1] as LayerInfo),
  );
}
