/** What lies beside this module and comes when it is wanted, not before. */

export type Client = typeof import("../candling.js");

/** For maps. */
export function importClient(): Promise<Client> {
  return import("../candling.js");
}

/** For files of them. */
export function importExport(): Promise<typeof import("../candling-export.js")> {
  return import("../candling-export.js");
}
