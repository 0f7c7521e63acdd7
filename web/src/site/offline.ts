/** The page without a network, from the second visit on; and how a newer version of it is told. */
import type { Candling } from "../candling.js";
import type { Keep, TakeOver } from "../offline/messages.js";
import { trusted } from "../platform/trusted.js";

export interface OfflineOptions {
  /** Nothing is fetched or kept before it is there: the first picture goes first. */
  readonly network: Promise<Pick<Candling, "file" | "info">>;
  /** The address that the network was loaded from; a relative one counts from the page. */
  readonly model: string | Promise<string>;
  /** Addresses of what else the page uses, in workers of its own. */
  readonly uses?: readonly string[];
  /** Told when a newer version of the site is ready; `apply` changes to it and reloads every page that is open. */
  readonly onUpdate: (apply: () => void) => void;
}

/**
 * Keeps the site on this device. To be called once, at any time.
 *
 * Resolves with whether all that this visit uses is kept now, and with `false` where the browser keeps nothing (private windows,
 * no room, no secure context): the page works as well, only not without a network. Never rejects.
 */
export async function keepOffline({ network, model, uses = [], onUpdate }: OfflineOptions): Promise<boolean> {
  try {
    // beside `lib`, where this module is: the worker's scope is the folder of the site
    const script = new URL("../sw.js", import.meta.url);
    const known = await registrationOf(new URL("./", script).href);
    if (known !== undefined) offerUpdates(known, onUpdate);
    const { file, info } = await network;
    const registration = known ?? (await navigator.serviceWorker.register(trusted(script, "candling-page")));
    const worker = await activated(registration);
    if (worker === undefined) return false;
    return await ask(worker, {
      kind: "keep",
      loaded: [...performance.getEntriesByType("resource").map(({ name }) => name), ...uses],
      build: info.build,
      model: new URL(await model, document.baseURI).href,
      file,
      samples: !savesData(),
    });
  } catch {
    return false;
  }
}

/** The registration of exactly this folder: one of a folder above may belong to another site. */
async function registrationOf(scope: string): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration(scope);
  return found?.scope === scope ? found : undefined;
}

/** A page without a controller came from the network: it is of no kept version, and no kept version replaces it. */
function offerUpdates(registration: ServiceWorkerRegistration, onUpdate: OfflineOptions["onUpdate"]): void {
  if (navigator.serviceWorker.controller === null) return;
  // Also in the other tabs of the visitor who agreed: a page of one version is never served by another.
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  const offer = () => {
    if (registration.waiting === null) return;
    onUpdate(() => registration.waiting?.postMessage({ kind: "take-over" } satisfies TakeOver));
  };
  const follow = () => registration.installing?.addEventListener("statechange", offer);
  registration.addEventListener("updatefound", follow);
  follow();
  offer();
}

/** The worker, once it is at work; undefined where its installation failed. */
async function activated({
  active,
  waiting,
  installing,
}: ServiceWorkerRegistration): Promise<ServiceWorker | undefined> {
  const coming = installing ?? waiting;
  if (active !== null || coming === null) return active ?? undefined;
  return new Promise((resolve) => {
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") resolve(coming);
      if (coming.state === "redundant") resolve(undefined);
    });
  });
}

function ask(worker: ServiceWorker, message: Keep): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }) => resolve(data === true), { once: true });
    port1.start();
    worker.postMessage(message, [port2]);
  });
}

function savesData(): boolean {
  return (
    (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true
  );
}
