/**
 * Writes `www/api.html`: the reference of `<candling-view>`, from its manifest, the sources and the programs
 * that the tests run.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { html, program } from "./api/html.mjs";
import * as programs from "./api/programs.mjs";
import * as reference from "./api/reference.mjs";
import { fixture, parameters, sizes } from "./api/sources.mjs";

/** A chapter: its id, its title, and its contents. */
const chapter = (id, title, ...body) => ({ id, title, body });

/** Writes the page into the folder `site`, beside that of the lab, whose policy it has. */
export async function buildApi(site, manifest) {
  const element = manifest.modules
    .flatMap(({ declarations }) => declarations)
    .find(({ customElement }) => customElement);
  const [policy] = /(?<=http-equiv="Content-Security-Policy" content=")[^"]+/.exec(
    readFileSync(join(site, "index.html"), "utf8"),
  );
  writeFileSync(join(site, "api.html"), page(policy, chapters(element, await parameters())).text);
}

function chapters(element, embed) {
  const { head, rows } = sizes();
  return [
    chapter(
      "start",
      "Two lines",
      program(programs.twoLines, "The two lines"),
      html`<p>Lay the folder <code>dist</code> of the package <code>candling</code> on any static host. Everything else is found beside the script, and is loaded when the
        reader comes near the first view: worker, engine and weights, once for all views of a page. The photo stays an <code>&lt;img&gt;</code> of yours. Without scripts and in feed readers the reader sees it as before; paper shows it under its map.</p>
      <candling-view target="235" controls><img src="samples/dog_cat.jpg" width="800" height="478" loading="lazy" alt="A German shepherd on the left, a tortoiseshell cat on the right"></candling-view>
      <p class="hint">A live view. The photo is a composite of two. Its pixels have to be readable: from your own origin, or with CORS.</p>`,
    ),
    chapter(
      "attributes",
      "Attributes",
      html`<p>Each is a property of the same name as well, which reflects. Several changes in a row are one question.</p>`,
      reference.attributes(element),
    ),
    chapter("properties", "Properties", reference.properties(element)),
    chapter(
      "methods",
      "Methods",
      reference.methods(element),
      html`<h3>Options of <code>toBlob</code></h3>`,
      reference.options("web/src/element/element.ts", "ToBlobOptions"),
    ),
    chapter(
      "events",
      "Events",
      html`<p>None of them bubbles: each is about its own element.</p>`,
      reference.events(element),
      program(programs.listening, "Events, properties and methods"),
    ),
    chapter("slots", "Slots", reference.slots(element)),
    chapter(
      "parts",
      "Parts",
      html`<p>For <code>candling-view::part(name)</code>. <span class="live">Choose one to see which piece it is; those without a button are there only while something loads, fails, waits to be asked or is missing of the photo.</span></p>
      <div class="anatomy"><candling-view target="235" compare="285" controls><img src="samples/dog_cat.jpg" width="800" height="478" loading="lazy" alt="The same photo, with a divider between the maps of two classes"></candling-view>
      <fieldset><legend class="visually-hidden">Part to outline</legend>${reference.parts(element)}</fieldset></div>`,
    ),
    chapter("custom-properties", "Custom properties", reference.customProperties(element)),
    chapter(
      "states",
      "Custom states",
      html`<p>For <code>candling-view:state(name)</code>, and what <code>statechange</code> tells.</p>`,
      reference.states(element),
    ),
    chapter(
      "styling",
      "Styling, and nothing that jumps",
      program(programs.theme, "A theme"),
      html`<p>Give the <code>&lt;img&gt;</code> its <code>width</code> and <code>height</code>, and reserve the bar’s room before the script is there. With these lines nothing moves:</p>`,
      program(programs.steady, "Room that is reserved"),
      html`<p>The bar is as high as its content where that needs more. 10&nbsp;rem are enough for one map in a column of 16&nbsp;rem or more; two maps, whose sentence is twice as long, take up to 13&nbsp;rem in a column narrower than 20.</p>`,
    ),
    chapter(
      "codes",
      "Error codes",
      html`<p>In <code>detail.code</code> of the event <code>error</code>, and in <code>code</code> of whatever a promise fails with. They are stable; the messages beside them are for people.</p>`,
      reference.codes(),
    ),
    chapter(
      "frame",
      "The frame",
      html`<p>Where a platform takes no scripts but frames: <code>embed.html</code> of the package. It asks its own host, and that of the photo.</p>`,
      program(programs.frame, "A frame"),
      reference.embedParameters(embed),
    ),
    chapter(
      "files",
      "Files that need nothing",
      html`<p>A page of less than 400&nbsp;kB without a script, whose reader switches between classes, or a PNG with a caption.</p>`,
      program(programs.files, "Export"),
      reference.options("web/src/export/options.ts", "ExportOptions"),
    ),
    chapter(
      "recipes",
      "Recipes",
      html`<p>React, Vue, Svelte and MDX as the package’s tests build and open them; <code>npm install candling</code> first. Servers that render pages may import it too: it does nothing there.</p>`,
      ...[
        ["React", fixture("react/src/App.tsx")],
        ["Vue", fixture("vue/App.vue")],
        ["Vue: vite.config.js", fixture("vue/vite.config.js")],
        ["Svelte", fixture("svelte/App.svelte")],
        ["Markdown (MDX)", fixture("mdx/post.mdx")],
        ["Astro", programs.astro],
        ["Hugo", programs.hugo],
        ["WordPress", programs.wordpress],
        ["A classic script", programs.classic],
      ].map(([name, text]) => html`<details><summary>${name}</summary>${program(text, name)}</details>`),
      html`<p>A system that strips scripts and unknown elements from posts (WordPress does for authors without <code>unfiltered_html</code>) leaves the <a href="#frame">frame</a>, or a <a href="#files">file</a>.</p>`,
    ),
    chapter(
      "policy",
      "Content security policy",
      html`<p>No inline script or style, no <code>unsafe-eval</code>. Everything from your own origin:</p>`,
      program(programs.ownPolicy, "Policy for files of the own origin"),
      html`<p>The engine is WebAssembly, which a policy has to name. From another origin, which must send <code>access-control-allow-origin</code>:</p>`,
      program(programs.otherPolicy, "Policy for files of another origin"),
      html`<p>A worker must start in the page’s own origin, so it is a line in a <code>blob:</code> that imports the other origin’s file; and what a worker imports is asked under <code>worker-src</code>.</p>`,
    ),
    chapter(
      "integrity",
      "Subresource integrity",
      program(programs.integrity, "Hashes"),
      html`<p>The hashes are in <code>integrity.json</code> of the package. Browsers check neither workers nor wasm in this way: whoever wants all of it checked serves the files from the own origin.</p>`,
    ),
    chapter(
      "sizes",
      "Sizes",
      html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>
      ${rows.map(
        ([
          name,
          ...cells
        ]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
      )}</tbody></table>`,
    ),
    chapter(
      "client",
      "The client",
      html`<p>What the element is made of, for programs: runs, maps of any class, layer and method, occlusion, curves, live streams. The package’s README and its types tell all of it.</p>`,
      program(programs.client, "The client"),
    ),
    chapter(
      "licences",
      "Licences",
      html`<p>Code: MIT or Apache-2.0, as you like. Model: EfficientNet-Lite0, Apache-2.0. Editors and catalogues read <a href="lib/custom-elements.json">custom-elements.json</a>, from which this page is made.</p>`,
    ),
  ];
}

function page(policy, chapters) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="dark light">
    <meta name="theme-color" content="#0e0b08" media="(prefers-color-scheme: dark)">
    <meta name="theme-color" content="#f8f2e7" media="(prefers-color-scheme: light)">
    <meta name="referrer" content="no-referrer">
    <title>The element, in full · Candling</title>
    <meta name="description" content="Reference of candling-view, the custom element that shows what in a photo made a neural network say so.">
    <link rel="icon" href="favicon.svg" type="image/svg+xml">
    <link rel="preload" href="fonts/fraunces-600.woff2" as="font" type="font/woff2" crossorigin>
    <link rel="stylesheet" href="base.css">
    <link rel="stylesheet" href="reading.css">
    <link rel="stylesheet" href="api.css">
    <script type="module" src="lib/api.js"></script>
  </head>
  <body>
    <a class="skip" href="#start">Skip to the text</a>
    <header class="masthead">
      <p class="brand"><a href="./"><img src="favicon.svg" alt="" width="40" height="40">Candling</a></p>
      <nav aria-label="Site">
        <a href="./">The lab</a>
        <a href="bias.html">The bias lab</a>
        <a href="own.html">Your pictures</a>
        <a href="how.html">How it works</a>
        <a href="api.html" aria-current="page">API</a>
      </nav>
    </header>
    <main class="api">
      <header class="opening">
        <h1>A live figure in your page</h1>
        <p class="deck"><code>&lt;candling-view&gt;</code>: a photo, and over it what made a neural network say so.</p>
      </header>
      <nav class="contents" aria-labelledby="contents-title">
        <h2 id="contents-title">Contents</h2>
        <ol>${chapters.map(
          ({ id, title }) => html`
          <li><a href="#${id}">${title}</a></li>`,
        )}
        </ol>
      </nav>
      ${chapters.map(
        ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title"><a href="#${id}">${title}</a></h2>
        ${body}
      </section>
      `,
      )}
    </main>
    <footer>
      <p>Photo: composite of two (dog by Hans Kemperman, cat by Toyah; public domain, the composite CC0). All credits: <a href="samples/CREDITS.md">CREDITS.md</a>.</p>
    </footer>
  </body>
</html>
`;
}
