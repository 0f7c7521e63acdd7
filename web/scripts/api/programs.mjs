/** Programs that appear only on the page; those for frameworks are read from the package's tests. */

export const twoLines = `<script type="module" src="https://your.site/candling/candling-view.js"></script>
<candling-view target="tabby" controls>
  <img src="cat-and-dog.jpg" alt="A cat and a dog on a sofa" width="800" height="478">
</candling-view>`;

export const listening = `const view = document.querySelector("candling-view");
view.addEventListener("explain", ({ detail: { explanation } }) => {
  const { x, y, value } = explanation.peak;   // pixels of the photo, units of the logit
});
view.addEventListener("error", ({ detail: { code, message } }) => console.warn(code, message));
view.target = 281;                            // as the attribute
const map = await view.explain();             // now, whatever loading and reveal say`;

export const theme = `candling-view {
  --candling-accent: crimson;
  --candling-radius: 0;
  --candling-reveal: 0ms;
}
candling-view::part(chosen) { background: crimson; color: white; }
candling-view::part(status) { font-style: italic; }
candling-view:state(loading) { cursor: progress; }`;

/** `tests/e2e/api.test.mjs` measures that nothing moves with it. */
export const steady = `candling-view { display: block; --candling-bar-height: 10rem; }
candling-view > img { display: block; max-width: 100%; height: auto; }
candling-view[controls]:not(:defined)::after { content: ""; display: block; height: var(--candling-bar-height); }`;

export const frame = `<iframe src="https://your.site/candling/embed.html?src=/cat-and-dog.jpg&amp;target=tabby"
  title="What made a network say tabby" width="640" height="520" loading="lazy"
  style="max-width: 100%; border: 0"></iframe>`;

export const files = `const page = await view.toBlob({ type: "text/html", classes: ["tabby", 235], credit: "…" });
link.href = URL.createObjectURL(page);        // link.download = "why.html"

import { exportFigure, exportPage } from "candling/export";
const { candling, explanation } = view;       // or a Candling and maps of your own
const picture = await exportFigure({ candling, maps: [explanation], title: "Why tabby?" });`;

export const client = `import { Candling, paint } from "candling";

const candling = await Candling.load();       // the package's model, or { model: address }
const run = await candling.run(document.querySelector("img"));
console.log(run.predictions[0]);              // { index, label, logit, probability }
const map = await run.explain({ method: "grad-cam", target: "tabby" });
await paint(document.querySelector("canvas"), map, { colormap: "turbo" });
run.free();                                   // some 30 MB
candling.close();`;

export const classic = `<script defer src="/candling/candling-view.classic.js"></script>`;

export const astro = `---
// src/pages/post.astro; in .mdx pages, import "candling/view" as above
---
<script>import "candling/view";</script>
<candling-view target="tabby" controls><img src="/cat-and-dog.jpg" alt="A cat and a dog"></candling-view>`;

export const hugo = `<!-- layouts/shortcodes/candling.html; in a post: {{< candling src="cat-and-dog.jpg" target="tabby" alt="A cat and a dog" >}} -->
<script type="module" src="{{ "candling/candling-view.js" | relURL }}"></script>
<candling-view target="{{ .Get "target" }}" controls><img src="{{ .Get "src" }}" alt="{{ .Get "alt" }}"></candling-view>`;

export const wordpress = `// functions.php of the theme (WordPress 6.5); the post has a block of custom HTML with <candling-view>
wp_enqueue_script_module( 'candling', get_theme_file_uri( 'candling/candling-view.js' ) );`;

export const ownPolicy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'`;

export const otherPolicy = `default-src 'none'; script-src https://cdn.example 'wasm-unsafe-eval'; worker-src blob: https://cdn.example; connect-src https://cdn.example; img-src 'self'`;

export const integrity = `<script type="importmap">{ "integrity": {
  "https://cdn.example/candling.js": "sha384-…",
  "https://cdn.example/candling-export.js": "sha384-…" } }</script>
<script type="module" src="https://cdn.example/candling-view.js" integrity="sha384-…" crossorigin></script>`;
