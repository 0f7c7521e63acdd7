/**
 * The service worker, which serves the site without a network.
 *
 * A version of the site is a set of files with their digests, which the build writes into this worker. It is
 * installed completely or not at all, a page is served by one version only, and a newer one waits until the
 * visitor agrees or all pages are closed.
 */
import { answer } from "./offline/answer.js";
import { isServed } from "./offline/clients.js";
import { install, keep } from "./offline/keep.js";
import type { Message } from "./offline/messages.js";
import { pathOf } from "./offline/site.js";
import { prune } from "./offline/store.js";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(install()));

self.addEventListener("activate", (event) => event.waitUntil(prune()));

self.addEventListener("fetch", (event) => {
  const { method, url, mode, headers } = event.request;
  const path = method === "GET" && !headers.has("range") ? pathOf(url, mode === "navigate") : undefined;
  // requests outside the site are not intercepted
  if (path !== undefined) event.respondWith(respond(event, path));
});

async function respond(event: FetchEvent, path: string): Promise<Response> {
  return (await isServed(event)) ? answer(path, (work) => event.waitUntil(work)) : fetch(event.request);
}

self.addEventListener("message", (event) => {
  const message = event.data as Message;
  if (message.kind === "take-over") event.waitUntil(self.skipWaiting());
  else event.waitUntil(keep(message).then((kept) => event.ports[0]?.postMessage(kept)));
});
