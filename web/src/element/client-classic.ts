/**
 * Replacement of `client.ts` in the classic script, which has no `import.meta`: it imports the modules beside
 * the script.
 */
import type { Client } from "./client.js";

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

export function importClient(): Promise<Client> {
  return beside("candling.js");
}

export function importExport(): Promise<typeof import("../candling-export.js")> {
  return beside("candling-export.js");
}

async function beside<Module>(name: string): Promise<Module> {
  if (script === "") {
    throw new Error(
      "candling-view.classic.js does not know its own address; load it by a script element with a src, or use candling-view.js",
    );
  }
  return import(new URL(name, script).href);
}
