/**
 * Addresses of scripts on pages that take them from named policies only (Trusted Types: `require-trusted-types-for 'script'`).
 *
 * Such a page allows the policy `candling` by `trusted-types candling`. The site's own pages, whose scripts start workers beside the client's, have
 * another for these, `candling-page`: a name may be taken once. Each passes on what this module is called with, and nobody else can call it.
 */

/** What is used of Trusted Types here; TypeScript does not know them yet. */
interface Factory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): {
    createScriptURL(address: string): unknown;
  };
}

const policies = new Map<string, ReturnType<Factory["createPolicy"]>>();

/** The address as the browser takes it. Where the policy was refused it is the address as it is, which is enough on a page that does not
 *  require more; there, the browser's own error follows. */
export function trusted(address: string | URL, name: "candling" | "candling-page" = "candling"): URL {
  // A browser without Trusted Types takes an address, and one that has them takes what its policy gives.
  return (policyOf(name)?.createScriptURL(String(address)) ?? new URL(address, location.href)) as URL;
}

function policyOf(name: string) {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: Factory };
  if (trustedTypes === undefined || policies.has(name)) return policies.get(name);
  try {
    const policy = trustedTypes.createPolicy(name, { createScriptURL: (same) => same });
    policies.set(name, policy);
    return policy;
  } catch {
    return undefined;
  }
}

/** What a page has to allow where the browser refused a script for want of a policy; undefined for other refusals. */
export function untrusted(cause: unknown): string | undefined {
  if (policies.has("candling") || !/TrustedScriptURL|trusted ?types?/i.test(String(cause))) return undefined;
  return "this page takes scripts from named policies only (require-trusted-types-for); its content security policy must allow that of Candling: trusted-types candling";
}
