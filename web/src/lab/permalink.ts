/**
 * State of the page in its address. The photo is named there only if it is one of ours or came by a link; a
 * visitor's own stays on the device, and a permalink without a photo opens the page with its first sample.
 */
import { heatmaps } from "./words.js";

export interface State {
  /** One of our samples, by file name. */
  readonly photo?: string;
  /** The address of a picture elsewhere. */
  readonly src?: string;
  readonly target?: number | undefined;
  /** The class for comparison. */
  readonly over?: number | undefined;
  readonly view?: string;
  readonly method?: string;
  readonly layer?: string;
  readonly fit?: string;
  readonly colormap?: string;
  /** Strength of the colours, in per cent. */
  readonly opacity?: number;
  /** The kind of comparison. */
  readonly pair?: string;
  /** Position of the divider between two maps, in per cent from the left, if the visitor has moved it. */
  readonly divider?: number;
  /** The layer of the large picture among the stages. */
  readonly stage?: string;
  readonly stageMethod?: string;
  /**
   * The patch's centre, across and down, in per cent of the photo, and its side, in per cent of the shorter
   * one: "38.25,30,60".
   */
  readonly patch?: string;
  readonly fill?: string;
  /** Share of the photo that is deleted, in per cent. */
  readonly hottest?: number;
  /** Number of layers with random weights. */
  readonly forgotten?: number;
}

/** The request in an address. */
export interface Asked {
  readonly state: State;
  /** Classes as given: by index, by name or by a part of one. */
  readonly target: string | undefined;
  readonly over: string | undefined;
  /** Parts that cannot be followed, with reasons. */
  readonly wrong: readonly string[];
}

/** Parameters of the address. */
const names: Readonly<Record<keyof State, string>> = {
  photo: "photo",
  src: "src",
  target: "class",
  over: "over",
  view: "view",
  method: "method",
  layer: "layer",
  fit: "fit",
  colormap: "colours",
  opacity: "strength",
  pair: "compare",
  divider: "divider",
  stage: "stage",
  stageMethod: "stage-method",
  patch: "patch",
  fill: "fill",
  hottest: "hottest",
  forgotten: "forgotten",
};

/** Further parameters that the page reads, with their values. */
const others: Readonly<Record<string, readonly string[]>> = { weights: ["full", "small"], model: ["own"] };

/** Parameters that others append to addresses to track visitors. */
const TRACKERS = /^utm_|clid$|^ref$/;

/** The allowed values of parameters that have few. */
const choices: Partial<Readonly<Record<keyof State, readonly string[]>>> = {
  view: ["cam", "guided-backprop", "guided-grad-cam", "plain-cam", "photo"],
  method: Object.keys(heatmaps),
  fit: ["squash", "crop"],
  pair: ["evidence", "margin", "against"],
  stageMethod: ["grad-cam", "layer-cam", "hires-cam"],
  fill: ["grey", "blur"],
};

const numbers: readonly (keyof State)[] = ["opacity", "divider", "hottest", "forgotten"];

export function readAddress(search: string = location.search): Asked {
  const given = new URLSearchParams(search);
  const wrong: string[] = [];
  const state: Record<string, string | number> = {};
  for (const [key, name] of Object.entries(names) as [keyof State, string][]) {
    const value = given.get(name)?.trim();
    if (value === undefined || key === "target" || key === "over") continue;
    const why = value === "" ? "it is empty" : whyNot(key, value);
    if (why === "") state[key] = numbers.includes(key) ? Number(value) : value;
    else wrong.push(refused(name, value, why));
  }
  for (const name of new Set(given.keys())) {
    const [value = "", ...more] = given.getAll(name);
    if (more.length > 0)
      wrong.push(
        refused(name, more.join(", "), `it is given ${more.length + 1} times, and the first one counts`),
      );
    const allowed = others[name];
    if (allowed !== undefined && !allowed.includes(value)) wrong.push(refused(name, value, oneOf(allowed)));
    const isKnown = allowed !== undefined || Object.values(names).includes(name) || TRACKERS.test(name);
    if (!isKnown) wrong.push(refused(name, value, "this page has no such parameter"));
  }
  return { state, target: given.get(names.target)?.trim(), over: given.get(names.over)?.trim(), wrong };
}

/** Text for a value that is not followed: "method=foo (one of grad-cam, layer-cam)". */
export function refused(name: string, value: string, why: string): string {
  return `${name}=${value.length > 40 ? `${value.slice(0, 40)}…` : value} (${why})`;
}

export function oneOf(allowed: readonly string[]): string {
  return `it is one of ${allowed.join(", ")}`;
}

/** Why a value is not allowed, as far as that is known before the network is loaded; empty if it may be. */
function whyNot(key: keyof State, value: string): string {
  const allowed = choices[key];
  if (allowed !== undefined) return allowed.includes(value) ? "" : oneOf(allowed);
  if (numbers.includes(key))
    return /^\d{1,3}$/.test(value) && Number(value) <= 100 ? "" : "it is a whole number from 0 to 100";
  if (key !== "patch") return "";
  const parts = value.split(",");
  const isShare = (text: string) => /^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= 100;
  return parts.length === 3 && parts.every(isShare)
    ? ""
    : "it is three numbers from 0 to 100: across, down, side";
}

/** An index as a number; undefined for a name. */
export function indexOf(given: string | undefined): number | undefined {
  return given !== undefined && /^\d{1,6}$/.test(given) ? Number(given) : undefined;
}

/** The page's address with this state. */
export function linkTo(state: State, address: string = location.href): URL {
  const url = new URL(address);
  url.hash = "";
  for (const [key, name] of Object.entries(names)) {
    const value = state[key as keyof State];
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  return url;
}

/** Writes the state into the address bar, which loads nothing. */
export function writeState(state: State): void {
  const { hash } = location;
  const url = linkTo(state);
  url.hash = hash;
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
