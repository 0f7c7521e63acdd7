/** The methods, by the names that people know them by, and what each shows. */
import type { Explanation } from "../candling.js";
import { READINGS, TITLES } from "../catalogue.js";

/** What a map is called. */
export function methodName({
  method,
  counterfactual,
}: Pick<Explanation, "method" | "counterfactual">): string {
  return `${TITLES[method]}${counterfactual ? ", against the class" : ""}`;
}

/** What it takes to read a map right, in a sentence. */
export function howToRead({
  method,
  counterfactual,
}: Pick<Explanation, "method" | "counterfactual">): string {
  if (counterfactual)
    return "Lit where the photo speaks against the class: with less of it, the class would score higher, to first order.";
  return READINGS[method];
}
