/**
 * Script URLs on pages that accept them only from named policies (Trusted Types: `require-trusted-types-for
 * 'script'`).
 *
 * Such a page allows the policy `candling` with `trusted-types candling`. The site's own pages, whose scripts
 * start workers besides the client's, have another one for these, `candling-page`: a name may be used once.
 * Each returns the URL with which this module calls it, and nobody else can call it.
 */

/** The part of Trusted Types that is used here; TypeScript does not know them yet. */
interface Factory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): {
    createScriptURL(address: string): unknown;
  };
}

const policies = new Map<string, ReturnType<Factory["createPolicy"]>>();

/**
 * The URL in the form that the browser accepts. If the policy was refused it is the plain URL, which is
 * enough on a page that does not require more; on others the browser's own error follows.
 */
export function trusted(address: string | URL, name: "candling" | "candling-page" = "candling"): URL {
  // a browser without Trusted Types accepts a URL, and one with them what its policy returns
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

/**
 * What a page has to allow if the browser refused a script for lack of a policy; undefined for other
 * refusals.
 */
export function untrusted(cause: unknown): string | undefined {
  if (policies.has("candling") || !/TrustedScriptURL|trusted ?types?/i.test(String(cause))) return undefined;
  return "this page takes scripts from named policies only (require-trusted-types-for); its content security policy must allow that of Candling: trusted-types candling";
}
