/** The options of an export, and their validation. */
import { type Candling, CandlingError, Explanation, type Run } from "../candling.js";
import { ALLOW, givesPixels } from "../canvas.js";
import { codes } from "../protocol.js";
import { LIGHT, usualOpacity } from "../words/colours.js";
import { question } from "./question.js";
import { itemAt } from "../platform/known.js";

export interface ExportOptions {
  /** The network that the maps are of; it paints them, and is named in the caption. */
  readonly candling: Candling;
  /**
   * 1 to 24 maps of one photo, whose run was not freed, in the order in which they are shown. The first is
   * what the title asks about.
   */
  readonly maps: readonly Explanation[];
  /** The heading; a question about the first map's class where left out. */
  readonly title?: string;
  /** Who made the photo, and its licence; "Photo:" is put before it. */
  readonly credit?: string;
  /** What the photo shows, for those who do not see it. */
  readonly alt?: string;
  /** One of `candling.colormaps`, for maps of one channel; `"candle"` where left out. */
  readonly colormap?: string;
  /**
   * Opacity of those maps over the photo, 0 to 1; where left out, 0.95 for `"candle"`, which is light, and
   * 0.5 for others, which are paint.
   */
  readonly opacity?: number;
  /**
   * `true`: heatmaps have one scale, to the largest of their maxima, as maps that are to be compared must;
   * each its own where left out.
   */
  readonly together?: boolean;
  /** Once aborted, it fails with its reason, and no file is made. */
  readonly signal?: AbortSignal;
}

/** Largest number of maps; a page of more would have to show them too small. */
const MOST_MAPS = 24;

/** Largest length of a title, a credit, and a description. */
const MOST_CHARACTERS = 2000;

/** The options with all defaults filled in. */
export interface ExportContents {
  readonly candling: Candling;
  readonly run: Run;
  readonly photo: ImageBitmap;
  /** The first of `maps`. */
  readonly first: Explanation;
  readonly maps: readonly Explanation[];
  readonly title: string;
  readonly credit: string;
  readonly alt: string;
  readonly colormap: string;
  readonly opacity: number;
  /** The value that gets the last colour in all heatmaps, if they share one scale. */
  readonly scale: number | undefined;
  readonly signal: { readonly signal?: AbortSignal };
}

/**
 * Checks the options. Fails with `bad-argument` if one is invalid, and with `run-freed` if the photo has been
 * freed.
 */
export function subjectOf(call: string, options: ExportOptions): ExportContents {
  check(
    typeof options === "object" && options !== null,
    `${call}: the argument`,
    "an object of options",
    options,
  );
  const { candling, maps, credit = "", alt = "", colormap = LIGHT, together = false, signal } = options;
  check(Array.isArray(candling?.labels), `${call}: candling`, "a Candling that is loaded", candling);
  const areMaps = Array.isArray(maps) && maps.every((map) => map instanceof Explanation);
  check(
    areMaps && maps.length > 0 && maps.length <= MOST_MAPS,
    `${call}: maps`,
    `an array of 1 to ${MOST_MAPS} Explanations`,
    maps,
  );
  const [first] = maps as readonly [Explanation, ...Explanation[]];
  const { run } = first;
  check(
    maps.every((map) => map.run === run),
    `${call}: maps`,
    "an array of Explanations of one Run",
    new Words("those of several"),
  );
  const { title = titleOf(run, first, candling.labels) } = options;
  for (const [name, text] of Object.entries({ title, credit, alt })) {
    const fits = typeof text === "string" && text.length <= MOST_CHARACTERS;
    check(
      fits,
      `${call}: ${name}`,
      `a string of at most ${MOST_CHARACTERS} characters`,
      typeof text === "string" ? `${text.slice(0, 40)}…` : text,
    );
  }
  check(
    candling.colormaps.includes(colormap),
    `${call}: colormap`,
    `one of ${candling.colormaps.join(", ")}`,
    colormap,
  );
  const { opacity = usualOpacity(colormap) } = options;
  check(
    typeof opacity === "number" && opacity >= 0 && opacity <= 1,
    `${call}: opacity`,
    "a number from 0 to 1",
    opacity,
  );
  check(typeof together === "boolean", `${call}: together`, "true or false", together);
  check(signal === undefined || signal instanceof AbortSignal, `${call}: signal`, "an AbortSignal", signal);
  if (run.freed)
    throw new CandlingError({
      code: codes.runFreed,
      message: `${call}: the run of the maps was freed, and its photo with it`,
    });
  check(
    run.photo !== undefined,
    `${call}: maps`,
    "an array of Explanations of a photo",
    new Words("those of a tensor"),
  );
  if (!givesPixels()) throw new CandlingError({ code: codes.unavailable, message: `${call}: ${ALLOW}` });
  const photo = run.photo as ImageBitmap;
  const most = Math.max(...maps.map(({ channels, max }) => (channels === 1 ? max : 0)));
  const scale = together && most > 0 ? most : undefined;
  return {
    candling,
    run,
    photo,
    first,
    maps,
    title,
    credit,
    alt,
    colormap,
    opacity,
    scale,
    signal: signal === undefined ? {} : { signal },
  };
}

/** Number of predictions that are listed. */
export const ANSWERS = 5;

function titleOf({ predictions }: Run, { target }: Explanation, labels: readonly string[]): string {
  return question(
    itemAt(labels, target.class),
    predictions.slice(0, ANSWERS).some(({ index }) => index === target.class),
  );
}

function check(ok: boolean, what: string, allowed: string, given: unknown): void {
  if (ok) return;
  throw new CandlingError({
    code: codes.badArgument,
    message: `${what} is ${allowed}; given ${nameOf(given)}`,
  });
}

/** Names a given value in a word or two. */
function nameOf(given: unknown): string {
  if (given instanceof Words) return given.text;
  if (Array.isArray(given)) return `an array of ${given.length}`;
  return typeof given === "object" && given !== null ? "an object" : String(JSON.stringify(given));
}

/** A description of a given value, used if the value itself says little. */
class Words {
  constructor(readonly text: string) {}
}
