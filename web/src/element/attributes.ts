/** Attributes of the element: names, values and meaning. */
import { METHODS, type Method } from "../catalogue.js";
import { codes } from "../protocol.js";
import { LIGHT, usualOpacity } from "../words/colours.js";
import { failure } from "./failure.js";

/** All observed attributes, in the order of the documentation. */
export const names = [
  "method",
  "target",
  "compare",
  "layer",
  "colormap",
  "opacity",
  "model",
  "backend",
  "loading",
  "reveal",
  "controls",
] as const;

export type Name = (typeof names)[number];

export type Loading = "lazy" | "eager";
export type Reveal = "auto" | "interaction";
export type Backend = "auto" | "cpu" | "webgpu";

export const loadings: readonly Loading[] = ["lazy", "eager"];
export const reveals: readonly Reveal[] = ["auto", "interaction"];
export const backends: readonly Backend[] = ["auto", "cpu", "webgpu"];

/** The attributes that determine the map. If one changes, another map is needed. */
export interface Question {
  readonly method: Method;
  /** A class index or name; undefined for the likeliest. */
  readonly target: number | string | undefined;
  readonly compare: number | string | undefined;
  readonly layer: string | undefined;
}

/** The attributes that determine how a map is painted. */
export interface Paint {
  readonly colormap: string;
  readonly opacity: number;
}

/** Reads the question. Fails with `bad-argument` if an attribute has a value that is not allowed. */
export function questionOf(get: (name: Name) => string | null): Question {
  const method = oneOf("method", get("method"), METHODS, "grad-cam");
  oneOf("backend", get("backend"), backends, "auto");
  oneOf("loading", get("loading"), loadings, "lazy");
  oneOf("reveal", get("reveal"), reveals, "auto");
  const target = get("target")?.trim() ?? "";
  return {
    method,
    target: target === "top" ? undefined : queryOf(target),
    compare: queryOf(get("compare")),
    layer: get("layer")?.trim() || undefined,
  };
}

/** Reads the paint. Fails with `bad-argument` if the opacity is invalid. */
export function paintOf(get: (name: Name) => string | null, channels = 1): Paint {
  const colormap = get("colormap")?.trim() || LIGHT;
  const given = get("opacity")?.trim() ?? "";
  const opacity = given === "" ? Number.NaN : Number(given);
  if (given !== "" && !(opacity >= 0 && opacity <= 1)) {
    throw failure(codes.badArgument, `opacity is a number from 0 to 1; given "${given}"`);
  }
  // pixel maps have a grey background of their own
  const usual = channels > 1 ? 1 : usualOpacity(colormap);
  return { colormap, opacity: given === "" ? usual : opacity };
}

/** Returns the value if it is allowed, or `usual` if there is none. */
export function oneOf<T extends string>(
  name: Name,
  given: string | null,
  allowed: readonly T[],
  usual: T,
): T {
  if (given === null || given.trim() === "") return usual;
  const found = allowed.find((value) => value === given.trim());
  if (found !== undefined) return found;
  throw failure(
    codes.badArgument,
    `${name} is ${allowed.map((value) => `"${value}"`).join(", ")}; given "${given}"`,
  );
}

function queryOf(given: string | null): number | string | undefined {
  const text = given?.trim() ?? "";
  if (text === "") return undefined;
  return /^\d+$/.test(text) ? Number(text) : text;
}
