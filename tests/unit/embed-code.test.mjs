/** HTML out of text, and the code that shows a figure in another page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { html } = await imported("export/markup.ts");
const { elementCode, frameCode } = await imported("lab/embed-code.ts");

const figure = {
  photo: new URL("https://site.test/samples/macaw.jpg?v=1"),
  readable: false,
  alt: 'A "bird" & <b>more</b>',
  credit: "",
  width: 800,
  height: 400,
  question: { target: "tabby" },
};
const PAGE = new URL("https://site.test/embed.html");

test("what is put into a template is text, and what came out of one is markup", () => {
  const inner = html`<b>${"<i>'\"&"}</b>`;
  assert.equal(html`<p>${inner}</p>`.text, "<p><b>&lt;i&gt;&#39;&quot;&amp;</b></p>");
  assert.equal(html`${[html`<i>`, html`<b>`]}`.text, "<i>\n<b>");
});

test("whatever a photo is called, it stays text in the code for a post", () => {
  const code = elementCode(figure);
  assert.ok(code.includes('alt="A &quot;bird&quot; &amp; &lt;b&gt;more&lt;/b&gt;"'));
  assert.ok(!code.includes("<b>"));
});

test("only a photo that other pages may read is asked for across origins", () => {
  assert.ok(!elementCode(figure).includes("crossorigin"));
  assert.ok(elementCode({ ...figure, readable: true }).includes(' crossorigin="anonymous"'));
});

test("a photo that is on the visitor's device only has a place to put it", () => {
  assert.ok(elementCode({ ...figure, photo: undefined }).includes('src="your-photo.jpg"'));
});

test("a credit makes it a figure with a caption", () => {
  const code = elementCode({ ...figure, credit: "Ann, CC0" });
  assert.match(code, /<figure>[^]*<figcaption>Photo: Ann, CC0<\/figcaption>\n<\/figure>$/);
});

const addressIn = (code) => new URL(/src="([^"]+)"/.exec(code)[1].replaceAll("&amp;", "&"));

test("a frame's address says the photo, the question and the words", () => {
  const { origin, pathname, searchParams } = addressIn(frameCode(figure, PAGE, "Why"));
  assert.equal(origin + pathname, PAGE.href);
  assert.deepEqual(Object.fromEntries(searchParams), {
    src: "/samples/macaw.jpg?v=1",
    target: "tabby",
    alt: figure.alt,
  });
});

test("in a frame a photo of another origin keeps its whole address", () => {
  const photo = new URL("https://elsewhere.test/a.jpg");
  assert.equal(addressIn(frameCode({ ...figure, photo }, PAGE, "Why")).searchParams.get("src"), photo.href);
});

test("a frame is as tall as the photo, the bar, and the credit where there is one", () => {
  const tall = (credit) => Number(/ height="(\d+)"/.exec(frameCode({ ...figure, credit }, PAGE, "Why"))[1]);
  assert.equal(tall(""), 320 + 112);
  assert.equal(tall("Ann"), 320 + 112 + 28);
});
