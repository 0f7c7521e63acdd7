/**
 * Who is to be served.
 *
 * A page that came from the network (a first visit, a reload past all caches) is of whatever version the site has, and browsers
 * leave it alone. Not so its workers, which match the scope by their own address: a page of one version would get a worker and an
 * engine of another.
 */
declare const self: ServiceWorkerGlobalScope;

/** Workers of such pages. Forgotten when this worker is put to sleep: by then they have loaded what they need. */
const unserved = new Set<string>();

/** Whether the client that asks is of this version. */
export async function isServed({ clientId, resultingClientId, request }: FetchEvent): Promise<boolean> {
  const served =
    !unserved.has(clientId) && (request.destination !== "worker" || (await isControlled(clientId)));
  if (!served && resultingClientId !== "") unserved.add(resultingClientId);
  return served;
}

/** A browser that does not say who asks leaves nothing to decide. */
async function isControlled(clientId: string): Promise<boolean> {
  if (clientId === "") return true;
  const controlled = await self.clients.matchAll({ type: "all" });
  return controlled.some(({ id }) => id === clientId);
}
