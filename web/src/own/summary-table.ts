/** How often the model is right, and how much of its evidence lies in the region: of all photos, by class and by group. */
import { byId, make } from "../dom/page.js";
import type { Summary } from "./findings.js";
import { interval } from "./words.js";

export function showSummary(summaries: readonly Summary[], region: string): void {
  const heads = ["Class", "Photos", "Right", `Evidence in “${region}”`];
  const row = (summary: Summary) => {
    const { photos, accuracy, evidence } = summary;
    const measured = evidence === undefined ? "–" : evidence.count < photos ? `${interval(evidence)}, of ${evidence.count}` : interval(evidence);
    const cells = [String(photos), accuracy === undefined ? "–" : interval(accuracy), measured];
    return make(
      "tr",
      { className: summary.group !== undefined ? "group" : summary.class === undefined ? "all" : "" },
      make("th", { scope: "row" }, nameOf(summary)),
      ...cells.map((words) => make("td", {}, words)),
    );
  };
  byId("summary", HTMLTableElement).replaceChildren(
    make("caption", {}, "In brackets where the mean lies in 95 of 100 such sets of photos."),
    make("thead", {}, make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...summaries.map(row)),
  );
  byId("summary-box", HTMLElement).hidden = summaries[0] === undefined || summaries[0].photos === 0;
}

/** What a line is about. */
export function nameOf({ class: of, group }: Summary): string {
  return group ?? of ?? "all photos";
}
