/**
 * Addresses of scripts on pages that take them from named policies only (Trusted Types: `require-trusted-types-for 'script'`).
 *
 * The policy's name is `candling`, which such a page allows by `trusted-types candling`. It passes on what this module is called with, and nobody
 * else can call it.
 */

/** What is used of Trusted Types here; TypeScript does not know them yet. */
interface Factory {
  createPolicy(name: string, rules: { readonly createScriptURL: (address: string) => string }): {
    createScriptURL(address: string): unknown;
  };
}

let policy: ReturnType<Factory["createPolicy"]> | undefined;

/** The address as the browser takes it. Where the policy was refused it is the address as it is, which is enough on a page that does not
 *  require more; there, the browser's own error follows. */
export function trusted(address: string | URL): URL {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: Factory };
  try {
    policy ??= trustedTypes?.createPolicy("candling", { createScriptURL: (same) => same });
  } catch {
    return new URL(address);
  }
  // A browser without Trusted Types takes an address, and one that has them takes what its policy gives.
  return (policy?.createScriptURL(String(address)) ?? new URL(address)) as URL;
}

/** What a page has to allow where the browser refused a script for want of a policy; undefined for other refusals. */
export function untrusted(cause: unknown): string | undefined {
  if (policy !== undefined || !/TrustedScriptURL|trusted ?types?/i.test(String(cause))) return undefined;
  return "this page takes scripts from named policies only (require-trusted-types-for); its content security policy must allow that of Candling: trusted-types candling";
}
