/** Offline use of the page, from the second visit on, and the notice of a newer version. */
import type { Candling } from "../candling.js";
import type { Keep, TakeOver } from "../offline/messages.js";
import { trusted } from "../platform/trusted.js";

export interface OfflineOptions {
  /** The network; nothing is fetched or stored before it is loaded, because the first picture goes first. */
  readonly network: Promise<Pick<Candling, "file" | "info">>;
  /** The address from which the network was loaded, relative to the page. */
  readonly model: string | Promise<string>;
  /** Addresses of other files that the page uses, in workers of its own. */
  readonly uses?: readonly string[];
  /** Called when a newer version of the site is ready; `apply` switches to it and reloads every open page. */
  readonly onUpdate: (apply: () => void) => void;
}

/**
 * Stores the site on this device. To be called once, at any time.
 *
 * Resolves with whether everything that this visit uses is stored now, and with `false` if the browser stores
 * nothing (private windows, no room, insecure context): the page still works, but not offline. Never rejects.
 */
export async function keepOffline({ network, model, uses = [], onUpdate }: OfflineOptions): Promise<boolean> {
  try {
    // beside `lib`, where this module is: the scope of the worker is the folder of the site
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

/** The registration of exactly this folder; one of a parent folder may belong to another site. */
async function registrationOf(scope: string): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration(scope);
  return found?.scope === scope ? found : undefined;
}

/**
 * Watches for updates. A page without a controller came from the network: it is of no stored version, and no
 * stored version replaces it.
 */
function offerUpdates(registration: ServiceWorkerRegistration, onUpdate: OfflineOptions["onUpdate"]): void {
  if (navigator.serviceWorker.controller === null) return;
  // also in the visitor's other tabs: a page of one version is never served by another
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

/** Resolves with the worker once it is active; with undefined if its installation failed. */
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
