/** The style of the page: the lab's colours, light and dark. */
import { Markup } from "./markup.js";

const base = `
:root {
  color-scheme: light dark;
  --ground: #f8f2e7; --raised: #fffaf2; --line: #dfd1bb; --edge: #94805f; --text: #271c11; --muted: #685a47; --flame: #964700; --chosen: #fcecd2;
  font: 1rem/1.5 system-ui, sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #0e0b08; --raised: #17120d; --line: #3b3024; --edge: #857259; --text: #f4eadb; --muted: #bcab94; --flame: #ffb454; --chosen: #2a1c0e; }
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
main { display: grid; grid-template: "title title" "figure choices" auto "figure answers" 1fr "about about" / minmax(0, 1fr) 20rem; gap: 1.25rem 1.75rem; max-width: 78rem; margin: 0 auto; padding: clamp(1rem, 3vw, 2.5rem); align-items: start; }
h1 { grid-area: title; margin: 0; font: 600 clamp(1.5rem, 1rem + 2.4vw, 2.5rem)/1.15 Fraunces, Georgia, serif; text-wrap: balance; }
p, figure, fieldset { margin: 0; }
figure { grid-area: figure; display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; min-width: 0; }
.picture { position: relative; overflow: hidden; border-radius: 0.5rem; background: #15100b; }
.photo { display: block; width: 100%; height: auto; }
.map { position: absolute; }
.map, .note { display: none; }
figcaption { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; color: var(--muted); }
.note { min-height: 3em; }
.scale { display: flex; align-items: center; gap: 0.625rem; font-size: 0.875rem; }
.scale img { flex: 1; min-width: 6rem; height: 0.75rem; border-radius: 0.375rem; background: #9b8f80; }
fieldset { grid-area: choices; display: grid; gap: 0.375rem; min-width: 0; padding: 0; border: 0; }
legend, caption { padding: 0 0 0.375rem; font: 600 1.125rem/1.3 Fraunces, Georgia, serif; text-align: start; }
label { display: flex; gap: 0.625rem; align-items: baseline; padding: 0.4375rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--raised); cursor: pointer; }
label:hover { border-color: var(--flame); }
label:has(:checked) { border-color: var(--flame); background: var(--chosen); }
label:has(:focus-visible) { outline: 3px solid var(--flame); outline-offset: 2px; }
label span { flex: 1; min-width: 0; }
label small { display: block; color: var(--muted); font-size: 0.8125rem; }
input { flex: none; margin: 0; accent-color: var(--flame); outline: 0; }
table { grid-area: answers; width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.3125rem 0 0.3125rem 0.75rem; border-bottom: 1px solid var(--line); text-align: end; font-weight: 400; white-space: nowrap; }
th:first-child { padding-inline-start: 0; text-align: start; white-space: normal; }
thead th { color: var(--muted); font-size: 0.8125rem; }
.about { grid-area: about; display: grid; gap: 0.5rem; max-width: 75ch; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; }
/* On a phone the choices stand right under the picture, so that both are seen at once. */
@media (max-width: 50rem) {
  main { display: flex; flex-direction: column; align-items: stretch; gap: 0.875rem; }
  figure { display: contents; }
  figcaption { order: 1; }
  table { order: 2; }
  .about { order: 3; }
  fieldset { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; }
  main { padding: 0; }
  .picture, .scale img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, table { break-inside: avoid; }
  label:not(:has(:checked)) { display: none; }
}
`;

/**
 * Shows the chosen one of `count` maps; the first in browsers without `:has()` (before Firefox 121, Safari
 * 15.4).
 */
export function style(count: number): Markup {
  const shown = (map: number) => `main:has(#map-${map}:checked) .map-${map} { display: block; }`;
  const rules = Array.from({ length: count }, (_, map) => shown(map)).join("\n");
  return new Markup(
    `${base}${rules}\n@supports not selector(:has(*)) { .map-0 { display: block; } fieldset { display: none; } }\n`,
  );
}
