/** Modules beside this one that are imported on demand. */

export type Client = typeof import("../candling.js");

/** Imports the client, for maps. */
export function importClient(): Promise<Client> {
  return import("../candling.js");
}

/** Imports the export module, for files of maps. */
export function importExport(): Promise<typeof import("../candling-export.js")> {
  return import("../candling-export.js");
}
