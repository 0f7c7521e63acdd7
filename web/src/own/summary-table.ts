/**
 * The table of summaries: accuracy, and share of evidence in the region, for all photos, by class and by
 * group.
 */
import { byId, make } from "../dom/page.js";
import { percent } from "../words/numbers.js";
import type { Basis } from "./basis.js";
import { NO_GROUP, type Summary } from "./findings.js";
import { interval, part, rate } from "./words.js";

/**
 * Shows the summaries. For a model that was trained here, training photos are separate: accuracy on them is
 * no test.
 */
export function showSummary(
  summaries: readonly Summary[],
  region: string,
  layer: string,
  hasLesson: boolean,
  basis: Basis,
): void {
  const right = hasLesson ? ["Right, held out", "Right, learnt from"] : ["Right"];
  const heads = ["Class", "Photos", ...right, `Evidence in “${region}”`, "If spread evenly"];
  const row = (summary: Summary) => {
    const { photos, accuracy, heldOut, learnt, evidence, evenly } = summary;
    const few = evidence !== undefined && evidence.count < photos ? `, of ${evidence.count}` : "";
    const cells = [
      String(photos),
      ...(hasLesson
        ? [heldOut === undefined ? "–" : rate(heldOut), learntWords(learnt)]
        : [accuracy === undefined ? "–" : rate(accuracy)]),
      evidence === undefined ? "–" : interval(evidence, few),
      evenly === undefined ? "–" : percent(evenly),
    ];
    return make(
      "tr",
      { className: summary.group !== undefined ? "group" : summary.class === undefined ? "all" : "" },
      make("th", { scope: "row" }, nameOf(summary)),
      ...cells.map((words) => make("td", {}, words)),
    );
  };
  byId("summary", HTMLTableElement).replaceChildren(
    make(
      "caption",
      {},
      `Evidence: Grad-CAM for what the model says, at the layer ${layer}. ${basis.intervals.join(" ")} The last column: what “${region}” would have of a map that is alike everywhere.`,
    ),
    make("thead", {}, make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...summaries.map(row)),
  );
  const isEmpty = summaries[0] === undefined || summaries[0].photos === 0;
  byId("summary-box", HTMLElement).hidden = isEmpty;
  const list = byId("basis", HTMLUListElement);
  list.hidden = isEmpty;
  list.replaceChildren(...basis.lines.map((line) => make("li", { dir: "auto" }, line)));
}

/** Right answers on training photos, "17 of 18"; no interval, because they are no sample of unseen photos. */
export function learntWords({ right, of }: Summary["learnt"]): string {
  return of === 0 ? "–" : part(right, of);
}

/** The name of a summary. */
export function nameOf({ class: of, group }: Summary): string {
  return group === NO_GROUP ? "(no group)" : (group ?? of ?? "all photos");
}
