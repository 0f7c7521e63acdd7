/** Offline use of the pages that train. */
import type { Candling } from "../candling.js";
import { showOffer } from "../dom/message.js";
import { keepOffline } from "../site/offline.js";
import { files } from "./trainer.js";

/**
 * Stores what the page has used so far, once its network is loaded. `model` is the address of the network's
 * file, `loss` what a visitor would lose by an update of the page, which restarts it.
 */
export function keepForLater(network: Candling, model: string, loss: string): void {
  void keepOffline({
    network: Promise.resolve(network),
    model,
    uses: Object.values(files),
    onUpdate: (apply) => showOffer(`A new version of this page is ready. ${loss}`, "Use it", apply),
  });
}
