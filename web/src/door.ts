/**
 * The door: the only document of the site whose policy lets it fetch from another host, and it can do nothing
 * else.
 *
 * The page opens it in a hidden frame when the visitor enters a link, and removes it after the answer. It
 * accepts one request, from a page of its own origin that frames it; anybody else who opens it gets nothing.
 */
import { fetchPicture } from "./door/fetch.js";
import type { DoorRequest } from "./door/messages.js";

function onMessage({ origin, source, data, ports }: MessageEvent<DoorRequest>): void {
  if (origin !== location.origin || source !== parent || parent === window || data.kind !== "fetch") return;
  removeEventListener("message", onMessage);
  void fetchPicture(data.address).then((answer) => ports[0]?.postMessage(answer));
}

addEventListener("message", onMessage);
