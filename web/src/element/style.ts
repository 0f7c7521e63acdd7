/**
 * Style of the element, as a constructed sheet, which works under any content security policy. Colours and
 * fonts are the surrounding page's.
 */

const css = `
:host {
  --_accent: var(--candling-accent, #ffb454);
  --_surface: var(--candling-surface, rgb(14 11 8 / 82%));
  --_on-surface: var(--candling-on-surface, #f8efe2);
  --_line: var(--candling-line, color-mix(in srgb, currentColor 28%, transparent));
  --_radius: var(--candling-radius, 0.375em);
  display: block;
  position: relative;
  min-inline-size: 0;
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
.stage { display: block; position: relative; min-inline-size: 0; isolation: isolate; break-inside: avoid; }
.stage:focus { outline: none; }
::slotted(img) { display: block; max-inline-size: 100%; block-size: auto; }
.sheet { display: contents; }
.mirror, .content, .seen { position: absolute; pointer-events: none; }
.mirror { border: 0 solid transparent; }
.content, .seen { overflow: clip; }
.content:is(.astray, .ahead) { visibility: hidden; }
canvas {
  position: absolute;
  pointer-events: none;
  transition: opacity var(--candling-reveal, 400ms) ease-out;
  print-color-adjust: exact;
  -webkit-print-color-adjust: exact;
}
canvas.veiled { opacity: 0 !important; }
.stage.compared .map { clip-path: inset(0 calc(100% - var(--_from) - var(--_cut) * var(--_wide)) 0 0); }
.stage.compared .compare { clip-path: inset(0 0 0 calc(var(--_from) + var(--_cut) * var(--_wide))); }
.over { position: absolute; pointer-events: none; }
.divider {
  appearance: none;
  position: absolute;
  inset: 0;
  inline-size: 100%;
  block-size: 100%;
  margin: 0;
  background: none;
  cursor: ew-resize;
  pointer-events: auto;
  direction: ltr; /* the photo is not mirrored either */
  touch-action: pan-y;
}
.divider::-webkit-slider-runnable-track { block-size: 100%; }
.divider::-moz-range-track { block-size: 100%; }
.divider::-webkit-slider-thumb {
  appearance: none;
  inline-size: 3px;
  block-size: 100%;
  border: 0;
  border-radius: 0;
  background: var(--_accent);
  box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
}
.divider::-moz-range-thumb {
  inline-size: 3px;
  block-size: 100%;
  border: 0;
  border-radius: 0;
  background: var(--_accent);
  box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
}
.tag {
  position: absolute;
  inset-block-start: 0.5em;
  max-inline-size: 45%;
  padding: 0.15em 0.6em;
  overflow: hidden;
  border-radius: var(--_radius);
  background: var(--_surface);
  color: var(--_on-surface);
  font-size: 0.8125em;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.tag.left { left: 0.5em; }
.tag.right { right: 0.5em; }
.notes {
  display: flex;
  position: absolute;
  inset: auto 0.5em 0.5em;
  max-block-size: calc(100% - 1em);
  flex-wrap: wrap;
  gap: 0.5em;
  align-items: center;
  justify-content: flex-start;
}
.notes > * { pointer-events: auto; }
.pill {
  display: flex;
  gap: 0.6em;
  align-items: center;
  max-inline-size: 100%;
  padding: 0.45em 0.9em;
  border: 1px solid color-mix(in srgb, var(--_on-surface) 30%, transparent);
  border-radius: calc(2 * var(--_radius));
  background: var(--_surface);
  color: var(--_on-surface);
  font: inherit;
  font-size: 0.9375em;
  line-height: 1.35;
}
button.pill { min-block-size: 2.75em; cursor: pointer; }
button.pill:hover { border-color: var(--_accent); }
.progress { white-space: nowrap; opacity: 0; animation: appear 200ms 500ms forwards; }
.progress progress { min-inline-size: 2em; inline-size: 6em; block-size: 0.4em; accent-color: var(--_accent); }
@keyframes appear { to { opacity: 1; } }
.error { flex-wrap: wrap; max-block-size: 100%; overflow-y: auto; border-color: var(--_accent); font-size: 0.8125em; overflow-wrap: anywhere; }
.pill button {
  flex: none;
  padding: 0.2em 0.7em;
  border: 1px solid currentColor;
  border-radius: var(--_radius);
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.note { margin: 0; padding-block: 0.5em; font-size: 0.875em; line-height: 1.4; overflow-wrap: anywhere; }
.bar {
  display: flex;
  flex-direction: column;
  gap: 0.4em;
  min-inline-size: 0;
  min-block-size: var(--candling-bar-height, 7.25em);
  padding-block: 0.5em;
  font: inherit;
  font-size: 0.875em;
  line-height: 1.4;
}
.classes {
  display: flex;
  position: relative;
  flex: none;
  min-block-size: calc(2.3em + 6px);
  contain: inline-size; /* a long name scrolls here, and widens nothing around it */
  gap: 0.4em;
  margin: 0;
  padding-block: 3px;
  padding-inline: 3px 2em;
  overflow-x: auto;
  list-style: none;
  scrollbar-width: none;
  mask-image: linear-gradient(to right, #000 calc(100% - 2em), transparent);
}
.classes:dir(rtl) { mask-image: linear-gradient(to left, #000 calc(100% - 2em), transparent); }
.classes li { flex: none; }
.classes button, .fields select {
  min-block-size: 2.3em;
  padding: 0.25em 0.75em;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.classes button:hover { border-color: currentColor; }
.classes button[aria-pressed="true"] { border-color: currentColor; background: color-mix(in srgb, currentColor 14%, transparent); }
.share { margin-inline-start: 0.5em; opacity: 0.75; font-variant-numeric: tabular-nums; }
.fields { display: flex; flex-wrap: wrap; gap: 0.4em 0.9em; align-items: center; }
.fields label { display: flex; min-inline-size: 0; max-inline-size: 100%; gap: 0.5em; align-items: center; }
.fields select { min-inline-size: 0; max-inline-size: 100%; padding-inline: 0.4em; }
.fields option { background: Canvas; color: CanvasText; }
.fields input { inline-size: 6em; min-inline-size: 0; accent-color: currentColor; }
.status { flex: 1 1 14em; min-inline-size: 0; margin: 0; overflow-wrap: anywhere; min-block-size: 1.4em; opacity: 0.85; }
.hidden-text { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:is(button, select, input):focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.divider:focus-visible { outline-color: var(--_accent); outline-offset: -2px; }
@media (prefers-reduced-motion: reduce) {
  canvas { transition: none; }
  .progress { animation-duration: 1ms; }
}
@media (forced-colors: active) {
  .classes button[aria-pressed="true"] { background: Highlight; color: HighlightText; forced-color-adjust: none; }
  .divider::-webkit-slider-thumb { background: Highlight; box-shadow: 0 0 0 2px Canvas; forced-color-adjust: none; }
  .divider::-moz-range-thumb { background: Highlight; box-shadow: 0 0 0 2px Canvas; forced-color-adjust: none; }
}
@media print {
  .fields > :not(.status), .notes { display: none; }
  .stage:has(> .sheet :is(.map[hidden], .map.veiled))::after {
    display: block;
    font-size: 0.875em;
    content: "Printed without its map, which is computed when the photo is looked at on a screen.";
  }
  .bar { min-block-size: 0; }
  .classes { flex-wrap: wrap; min-block-size: 0; padding: 0; contain: none; mask-image: none; }
  .tag, .divider { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  ::slotted(img) { anchor-name: --candling-photo; }
  .stage:not(.as-on-screen) .mirror {
    position-anchor: --candling-photo;
    left: anchor(left) !important;
    top: anchor(top) !important;
    width: anchor-size(width) !important;
    height: anchor-size(height) !important;
  }
  .as-on-screen { container-type: inline-size; contain-intrinsic-inline-size: var(--_width); }
  .as-on-screen > .sheet {
    --_scale: min(1, tan(atan2(100cqi, var(--_width))));
    display: block;
    position: relative;
    width: var(--_width);
    height: var(--_height);
    margin-block-end: calc(var(--_height) * (var(--_scale) - 1));
    transform: scale(var(--_scale));
    transform-origin: 0 0;
  }
}
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** The style sheet of a document, shared by all its elements; a document accepts no sheet of another one. */
export function styleSheet(document: Document): CSSStyleSheet {
  let sheet = sheets.get(document);
  if (sheet === undefined) {
    sheet = new (document.defaultView ?? globalThis).CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(document, sheet);
  }
  return sheet;
}
