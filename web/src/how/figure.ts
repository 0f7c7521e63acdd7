/** Interactive figure: its controls set attributes of its views, and a line below describes the result. */
import type { CandlingViewElement } from "../candling-view-element.js";
import type { Explanation } from "../candling.js";
import { peakText } from "../words/maps.js";
import { percent } from "../words/numbers.js";
import { choice } from "./choice.js";
import { steps } from "./steps.js";

/**
 * Connects the controls: each names in `data-attribute` the attribute that it sets in all views of the
 * figure.
 */
export function connect(figure: HTMLElement): void {
  const views = [...figure.querySelectorAll("candling-view")];
  const line = figure.querySelector<HTMLElement>(".reading");
  for (const control of figure.querySelectorAll<HTMLElement>("[data-attribute]")) {
    const attribute = control.dataset.attribute ?? "";
    const set = (value: string) => {
      for (const view of views)
        if (view.getAttribute(attribute) !== value) view.setAttribute(attribute, value);
    };
    const listen = control.matches("fieldset") ? choice : steps;
    listen(control, set);
    // a figure that nobody has touched is not announced when its first map comes
    control.addEventListener("input", () => line?.setAttribute("role", "status"), { once: true });
  }
  const [view] = views;
  if (line === null || view === undefined) return;
  view.addEventListener("explain", ({ detail: { explanation, compared } }) => {
    const maps = compared === undefined ? [explanation] : [explanation, compared];
    line.textContent = maps.map((map) => sentence(view, map)).join("; ");
  });
}

/** "espresso, 91 %: maximum 0.769 · head, 7×7". */
function sentence(view: CandlingViewElement, map: Explanation): string {
  const answer = view.predictions.find(({ index }) => index === map.target.class);
  const name = answer === undefined ? "" : `${answer.label}, ${percent(answer.probability)}: `;
  return `${name}${peakText(map)}`;
}
