/** HTML from templates whose values cannot become markup. */

class Markup {
  constructor(text) {
    this.text = text;
  }
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => entities[character]);

function textOf(value) {
  if (value instanceof Markup) return value.text;
  return Array.isArray(value) ? value.map(textOf).join("") : escaped(value);
}

/** A template whose values are escaped, except those that are markup themselves. */
export function html(strings, ...values) {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

/** A sentence from a comment, with `code` in it. */
export function sentence(text = "") {
  return text.split(/`([^`]+)`/).map((piece, at) => (at % 2 === 1 ? html`<code>${piece}</code>` : piece));
}

/** The lines of a program; long ones can be scrolled, by keyboard too. */
export function program(text, name) {
  return html`<pre tabindex="0" role="group" aria-label="${name}"><code>${text.trim()}</code></pre>`;
}
