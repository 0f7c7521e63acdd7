/** The style of the report: the site's colours, light and dark. */
import { Markup } from "../export/markup.js";

export const style = new Markup(`
:root {
  color-scheme: light dark;
  --ground: #f8f2e7; --line: #dfd1bb; --text: #271c11; --muted: #685a47; --flame: #964700;
  --mat: repeating-linear-gradient(135deg, #1a130d 0 0.375rem, #2c2218 0 0.75rem);
  font: 1rem/1.5 system-ui, sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #0e0b08; --line: #3b3024; --text: #f4eadb; --muted: #bcab94; --flame: #ffb454; }
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; max-width: 78rem; margin: 0 auto; padding: clamp(1rem, 3vw, 2.5rem); }
h1, h2 { margin: 0.5rem 0 0; font: 600 clamp(1.5rem, 1rem + 2.4vw, 2.5rem)/1.15 Fraunces, Georgia, serif; text-wrap: balance; }
h2 { font-size: 1.375rem; }
p { max-width: 75ch; margin: 0; color: var(--muted); }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.375rem 0 0.375rem 1rem; border-bottom: 1px solid var(--line); text-align: end; font-weight: 400; }
th:first-child { padding-inline-start: 0; text-align: start; }
thead th { color: var(--muted); font-size: 0.875rem; }
.group th { padding-inline-start: 1.5rem; }
ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 45%), 1fr)); gap: 1.25rem 1rem; margin: 0; padding: 0; list-style: none; }
figure { margin: 0; }
img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 0.5rem; background: var(--mat); }
figcaption { display: grid; padding-top: 0.375rem; font-size: 0.875rem; }
figcaption span:last-child { color: var(--muted); font-size: 0.8125rem; }
.wrong { color: var(--flame); font-weight: 600; }
@media print {
  :root { color-scheme: light; --mat: none; }
  body { background: none; }
  img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  li, table { break-inside: avoid; }
}
`);
