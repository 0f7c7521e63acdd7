/**
 * Export of explanations: `import { exportPage, exportFigure } from "./lib/candling-export.js"`.
 *
 * The module needs `candling.js` beside itself, the one that the maps are from.
 */
export { exportFigure } from "./export/figure.js";
export type { ExportOptions } from "./export/options.js";
export { exportPage } from "./export/page.js";
