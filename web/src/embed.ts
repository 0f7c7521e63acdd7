/**
 * `embed.html`: one photo in a frame, for places that accept frames but no scripts. Its address determines
 * what it shows.
 */
import { CandlingViewElement, define } from "./candling-view-element.js";
import { make } from "./dom/make.js";
import { readAddress, type Values } from "./embed/read.js";
import { sentence } from "./words/sentence.js";

/** Parameters that the element takes as attributes unchanged. */
const ATTRIBUTES = [
  "target",
  "compare",
  "method",
  "layer",
  "colormap",
  "opacity",
  "reveal",
  "loading",
  "model",
];

const page = new URL(location.href);

/** Shows a sentence in place of the figure. Texts of the address become text nodes only. */
function tell(words: string): void {
  document.body.replaceChildren(make("p", { className: "problem", role: "alert" }, words));
}

/** Sets the model that comes with the page, in both its sizes. */
function nameModel(): void {
  const named = document.querySelector<HTMLMetaElement>('meta[name="candling-model"]');
  if (named === null) return;
  const { content, dataset } = named;
  CandlingViewElement.model = dataset.small === undefined ? content : { full: content, small: dataset.small };
}

function figure(values: Values): HTMLElement {
  const value = (name: string) => values.get(name) ?? "";
  const src = new URL(value("src"), page);
  const image = make("img", { alt: value("alt"), decoding: "async" });
  // without it a photo of another origin could be shown, but not read
  image.crossOrigin = "anonymous";
  image.addEventListener("error", () => tell(unreachable(src)));
  image.src = src.href;
  const view = document.createElement("candling-view") as CandlingViewElement;
  for (const name of ATTRIBUTES) if (value(name) !== "") view.setAttribute(name, value(name));
  view.controls = value("controls") === "1";
  view.append(image);
  return make(
    "figure",
    {},
    view,
    ...(value("credit") === "" ? [] : [make("figcaption", {}, `Photo: ${value("credit")}`)]),
  );
}

function unreachable({ origin, host, pathname }: URL): string {
  if (origin === page.origin) return `There is no picture at ${pathname} of ${host}.`;
  return (
    `The picture at ${host} could not be read: there is none at this address, or its host does not let other pages read it ` +
    `(access-control-allow-origin); the browser does not say which.`
  );
}

try {
  const values = readAddress(page);
  document.title = values.get("alt") || document.title;
  nameModel();
  define();
  document.body.replaceChildren(figure(values));
} catch (error) {
  tell(sentence(error));
}
