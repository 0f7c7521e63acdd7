/** Names of the methods, and what each shows. */
import type { Explanation } from "../candling.js";
import { READINGS, TITLES } from "../catalogue.js";

/** The name of a map. */
export function methodName({
  method,
  counterfactual,
}: Pick<Explanation, "method" | "counterfactual">): string {
  return `${TITLES[method]}${counterfactual ? ", against the class" : ""}`;
}

/** How to read a map, in a sentence. */
export function howToRead({
  method,
  counterfactual,
}: Pick<Explanation, "method" | "counterfactual">): string {
  if (counterfactual)
    return "Lit where the photo speaks against the class: with less of it, the class would score higher, to first order.";
  return READINGS[method];
}
