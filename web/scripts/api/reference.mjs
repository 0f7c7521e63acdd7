/** The reference lists, from the manifest and the sources. */
import { html, sentence } from "./html.mjs";
import { engineCodes, members } from "./sources.mjs";

/** An entry: a name, how it is written, and what it means. */
function entry(kind, name, about, ...more) {
  return html`<div id="${kind}-${name.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "default"}"><dt><code>${name || "(default)"}</code></dt><dd>${more}<p>${sentence(about)}</p></dd></div>
`;
}
const entries = (list) => html`<dl class="entries">${list}</dl>`;
const type = (...pieces) => html`<p class="type">${pieces}</p>`;
const code = (text) => html`<code>${text}</code>`;
const values = (text) =>
  text.split(" | ").map((value, at) => [at === 0 ? "" : " | ", code(value.replaceAll('"', ""))]);
const usual = (value) => (value === undefined ? "" : html`· default ${code(value)}`);

export const attributes = (element) =>
  entries(
    element.attributes.map(({ name, type: kind, default: value, description }) =>
      entry("attribute", name, description, type(values(kind.text), " ", usual(value))),
    ),
  );

/** Properties that are not attributes, and static members. */
export const properties = (element) =>
  entries(
    element.members
      .filter(({ kind, attribute }) => kind === "field" && attribute === undefined)
      .map(({ name, static: ofClass, readonly, type: kind, description }) =>
        entry(
          "property",
          ofClass ? `CandlingViewElement.${name}` : name,
          description,
          type(code(kind.text), readonly ? " read only" : ""),
        ),
      ),
  );

export const methods = (element) =>
  entries(
    element.members
      .filter(({ kind }) => kind === "method")
      .map(({ name, parameters = [], return: { type: returned }, description }) => {
        const taken = parameters
          .map(
            (parameter) =>
              `${parameter.name}${parameter.default === undefined ? "" : "?"}: ${parameter.type.text}`,
          )
          .join(", ");
        return entry("method", name, description, type(code(`${name}(${taken}): ${returned.text}`)));
      }),
  );

export const events = (element) =>
  entries(
    element.events.map(({ name, type: kind, description }) =>
      entry("event", name, description, type(code(kind.text))),
    ),
  );
export const slots = (element) =>
  entries(element.slots.map(({ name, description }) => entry("slot", name, description)));
export const states = (element) =>
  entries(element.cssStates.map(({ name, description }) => entry("state", name, description)));
export const customProperties = (element) =>
  entries(
    element.cssProperties.map(({ name, default: value, description }) =>
      entry("custom", name, description, type("default ", code(value))),
    ),
  );

/** Parts that exist only for a while, or in another kind of view than the one on the page. */
const elsewhere = new Set(["note", "reveal", "progress", "meter", "cancel", "error", "retry"]);

/** The parts; each that is visible in the view beside the list is outlined there when it is chosen. */
export const parts = (element) =>
  html`<ul class="parts">${element.cssParts.map(({ name, description }) => {
    const input = elsewhere.has(name)
      ? html`<span class="absent"></span>`
      : html`<input type="radio" name="part" value="${name}">`;
    return html`<li id="part-${name}"><label>${input}<span><code>${name}</code> ${sentence(description)}</span></label></li>
`;
  })}</ul>`;

export const options = (path, name) =>
  entries(
    members(path, name).map((member) =>
      entry(
        name.toLowerCase(),
        member.name,
        member.description,
        type(code(member.type), member.optional ? " may be left out" : ""),
      ),
    ),
  );

/** The codes of the client, and further ones of the engine. */
export function codes() {
  const ours = members("web/src/protocol.ts", "codes").map(({ value, description }) => [value, description]);
  const engine = [...engineCodes()].filter(([code]) => !ours.some(([own]) => own === code));
  return entries([...ours, ...engine].map(([code, description]) => entry("code", code, description)));
}

export const embedParameters = (parameters) =>
  entries(
    parameters.map(({ name, allowed, fallback, meaning }) => {
      const needed = fallback === undefined ? " needed" : fallback === "" ? "" : usual(fallback);
      return entry(
        "parameter",
        name,
        meaning,
        type(
          Array.isArray(allowed) ? allowed.map((value, at) => [at === 0 ? "" : " | ", code(value)]) : allowed,
          " ",
          needed,
        ),
      );
    }),
  );
