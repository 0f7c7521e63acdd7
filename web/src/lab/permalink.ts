/** The state of the page in its address. The photo is named there only if it is one of ours or came by a link; a visitor's own stays on
 *  the device, and a permalink without a photo opens the page with its first sample. */

export interface State {
  /** One of our samples, by file name. */
  readonly photo?: string;
  /** The address of a picture elsewhere. */
  readonly src?: string;
  readonly target?: number;
  /** The class that it is compared with. */
  readonly over?: number;
  readonly view?: string;
  readonly method?: string;
  readonly layer?: string;
  readonly fit?: string;
  readonly colormap?: string;
  /** Of the colours, in per cent. */
  readonly opacity?: number;
  /** What is compared. */
  readonly pair?: string;
}

/** The names in the address; those that the page has of its own (`weights`) stay as they are. */
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
};

export function readState(search: string = location.search): State {
  const given = new URLSearchParams(search);
  const text = (name: string) => given.get(name) || undefined;
  const index = (name: string) => (/^\d{1,6}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : undefined);
  const state = {
    photo: text(names.photo),
    src: text(names.src),
    target: index(names.target),
    over: index(names.over),
    view: text(names.view),
    method: text(names.method),
    layer: text(names.layer),
    fit: text(names.fit),
    colormap: text(names.colormap),
    opacity: index(names.opacity),
    pair: text(names.pair),
  };
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
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

/** Puts the state into the address bar; nothing is loaded by it. */
export function writeState(state: State): void {
  const { hash } = location;
  const url = linkTo(state);
  url.hash = hash;
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
