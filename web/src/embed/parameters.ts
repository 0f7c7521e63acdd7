/**
 * Parameters in the address of `embed.html`, as plain data: the page reads its address by this table, and the
 * documentation shows it.
 */
import { METHODS } from "../catalogue.js";
import { loadings, reveals } from "../element/attributes.js";
import { COLOURS, LIGHT } from "../words/colours.js";

export interface Parameter {
  readonly name: string;
  /**
   * `address`: absolute, or relative to `embed.html`. `class`: an index, a name or an unambiguous part of
   * one.
   */
  readonly kind: "address" | "text" | "class" | "name" | "number" | "choice";
  /** The values of a choice; for other kinds a description. */
  readonly allowed: readonly string[] | string;
  /** Value if it is left out; `undefined` if it is required. */
  readonly fallback: string | undefined;
  readonly meaning: string;
}

/** Largest length of a text, a class, or a name. */
export const MOST_CHARACTERS = 500;

const text = `at most ${MOST_CHARACTERS} characters`;

export const parameters: readonly Parameter[] = [
  {
    name: "src",
    kind: "address",
    allowed:
      "the address of a picture, of the frame's own origin or https, whose host lets other pages read it (CORS)",
    fallback: undefined,
    meaning: "The photo.",
  },
  {
    name: "alt",
    kind: "text",
    allowed: text,
    fallback: "The photo",
    meaning: "What the photo shows, for those who do not see it.",
  },
  {
    name: "credit",
    kind: "text",
    allowed: text,
    fallback: "",
    meaning: "Who made the photo, and its licence; shown below it.",
  },
  {
    name: "target",
    kind: "class",
    allowed: "a class, by index, name or an unambiguous part of one, or top",
    fallback: "top",
    meaning: "The class that is explained; top is the likeliest.",
  },
  {
    name: "compare",
    kind: "class",
    allowed: "a class, by index, name or an unambiguous part of one",
    fallback: "",
    meaning: "A second class, whose map lies to the right of a divider.",
  },
  { name: "method", kind: "choice", allowed: METHODS, fallback: "grad-cam", meaning: "What is computed." },
  {
    name: "layer",
    kind: "name",
    allowed: "the name of a layer, such as blocks.10.add",
    fallback: "",
    meaning: "The layer that is asked, for the CAM methods; the last convolution where left out.",
  },
  {
    name: "colormap",
    kind: "choice",
    allowed: COLOURS,
    fallback: LIGHT,
    meaning: "The colours of heatmaps.",
  },
  {
    name: "opacity",
    kind: "number",
    allowed: "a number from 0 to 1",
    fallback: "",
    meaning:
      "Strength of the map over the photo; where left out, 0.95 for candle, 0.5 for other colours, 1 for pixel maps.",
  },
  {
    name: "controls",
    kind: "choice",
    allowed: ["1", "0"],
    fallback: "1",
    meaning: "Whether there is a bar below the photo.",
  },
  {
    name: "reveal",
    kind: "choice",
    allowed: reveals,
    fallback: "auto",
    meaning: "Whether the map is shown by itself, or after the reader has pressed a button.",
  },
  {
    name: "loading",
    kind: "choice",
    allowed: loadings,
    fallback: "lazy",
    meaning: "Whether the network is loaded when the reader comes near, or at once.",
  },
  {
    name: "model",
    kind: "address",
    allowed: "the address of a model file, of the frame's own origin",
    fallback: "",
    meaning: "Another network than the one that comes with the page.",
  },
];
