/**
 * The clients that this worker serves.
 *
 * A page that came from the network (a first visit, a reload that bypasses caches) has whatever version the
 * site has, and browsers leave it uncontrolled. Not so its workers, which match the scope by their own
 * address: a page of one version would get a worker and an engine of another.
 */
declare const self: ServiceWorkerGlobalScope;

/**
 * Workers of such pages. The list is lost when this worker is suspended: by then they have loaded what they
 * need.
 */
const unserved = new Set<string>();

/** Whether the client that asks is of this version. */
export async function isServed({ clientId, resultingClientId, request }: FetchEvent): Promise<boolean> {
  const served =
    !unserved.has(clientId) && (request.destination !== "worker" || (await isControlled(clientId)));
  if (!served && resultingClientId !== "") unserved.add(resultingClientId);
  return served;
}

/** a browser that does not report the client leaves nothing to decide */
async function isControlled(clientId: string): Promise<boolean> {
  if (clientId === "") return true;
  const controlled = await self.clients.matchAll({ type: "all" });
  return controlled.some(({ id }) => id === clientId);
}
