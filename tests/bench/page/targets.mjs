/** The targets. A missed target fails nothing; the table says so. */
import { table } from "../lib/table.mjs";
import { worst as worstScore } from "./sections/lighthouse.mjs";
import { longestTask, mostProcessor } from "./sections/main-thread.mjs";
import { worst as worstShift } from "./sections/shifts.mjs";

const compare = { "<": (a, b) => a < b, "≤": (a, b) => a <= b, "≥": (a, b) => a >= b };

/** `digits` are those after the point. */
const targets = [
  {
    section: "firstUse",
    name: "interactive, median",
    value: ({ answered }) => answered.median,
    sign: "<",
    bound: 500,
    unit: "ms",
    digits: 0,
  },
  {
    section: "mainThread",
    name: "longest task, at a quarter of the speed",
    value: longestTask,
    sign: "≤",
    bound: 100,
    unit: "ms",
    digits: 0,
  },
  {
    section: "mainThread",
    name: "the same, on the processor alone",
    value: mostProcessor,
    sign: "≤",
    bound: 100,
    unit: "ms",
    digits: 0,
  },
  { section: "shifts", name: "CLS", value: worstShift, sign: "<", bound: 0.02, unit: "", digits: 4 },
  {
    section: "sizes",
    name: "JavaScript, CSS and wasm with brotli",
    value: ({ total }) => total / 1e3,
    sign: "≤",
    bound: 350,
    unit: "kB",
    digits: 1,
  },
  {
    section: "lighthouse",
    name: "Lighthouse, the lowest score",
    value: worstScore,
    sign: "≥",
    bound: 95,
    unit: "",
    digits: 0,
  },
];

/** The targets whose sections were measured. */
export const judge = (sections) =>
  targets
    .filter(({ section }) => sections[section] !== undefined)
    .map(({ section, name, value, sign, bound, unit, digits }) => {
      const measured = value(sections[section].data);
      return {
        name,
        measured: `${measured.toFixed(digits)} ${unit}`.trim(),
        bound: `${sign} ${bound} ${unit}`.trim(),
        reached: compare[sign](measured, bound),
      };
    });

export const targetTable = (judged) => {
  const rows = judged.map(({ name, measured, bound, reached }) => [
    name,
    measured,
    bound,
    reached ? "yes" : "**no**",
  ]);
  return table(["target", "measured", "bound", "reached"], rows);
};
