/** A page that trains, for a visit without a connection. */
import type { Candling } from "../candling.js";
import { offer } from "../dom/message.js";
import { keepOffline } from "../site/offline.js";
import { files } from "./trainer.js";

/** Keeps what the page has used by now, once its network is there. `model` is the address that this came from, `loss` what a visitor would lose
 *  by a newer version of the page, which begins it anew. */
export function keepForLater(network: Candling, model: string, loss: string): void {
  void keepOffline({
    network: Promise.resolve(network),
    model,
    uses: Object.values(files),
    onUpdate: (apply) => offer(`A new version of this page is ready. ${loss}`, "Use it", apply),
  });
}
