/** Entry point of the lab page: connects its parts. */
import { Answers } from "./lab/answers.js";
import { stateWithoutNetwork, resolve } from "./lab/asked.js";
import type { Experiment, TakeAway, Versus } from "./lab/benches.js";
import { byId } from "./dom/page.js";
import { explainedSample, forgetFirst, showFirst, showPlain } from "./lab/first-sight.js";
import { askForLink } from "./lab/link-dialog.js";
import { loadNetwork } from "./lab/loading.js";
import { showOffer, showMessage } from "./dom/message.js";
import { keepOffline } from "./site/offline.js";
import { readAddress, refused, type State, writeState } from "./lab/permalink.js";
import { LabSession } from "./lab/session.js";
import { Settings } from "./lab/settings.js";
import {
  fetchSample,
  listenForPhotos,
  markSample,
  type LabPhoto,
  type Sample,
  showSamples,
} from "./lab/sources.js";
import { enlarge, largeView, listenForPoints, listenForViews } from "./lab/tiles.js";
import { chooseModel, isOwn } from "./lab/weights.js";
import { Why } from "./lab/why.js";

const address = readAddress();
/** State by the address; classes by name are resolved once the network is loaded. */
let asked = stateWithoutNetwork(address);
const model = chooseModel();
/** Whether the precomputed maps in the page are of another sample, or of another model. */
const another = isOwn || (asked.photo !== undefined && asked.photo !== explainedSample);
if (another) forgetFirst();

// until now nothing on the page would have reacted
byId("alive", HTMLFieldSetElement).disabled = false;
const network = loadNetwork(model);
const settings = new Settings();
settings.restore(asked);
const ask = (target: number) => {
  showFirst(target);
  void session.ask(target);
};
const answers = new Answers(ask);
const why = new Why(settings);
const session = new LabSession(network, settings, answers, why);

/** The experiments further down the page, made after the first view has started. */
let benches: { readonly versus: Versus; readonly takeAway: TakeAway; readonly all: Experiment[] } | undefined;

/** Whether the dialog about the picture in the address is still open. */
let linked = asked.src !== undefined;

/** The state for the address: the one that was followed, until something is shown. */
function state(): State {
  const { shown } = session;
  if (shown === undefined || linked || benches === undefined) return asked;
  const { versus } = benches;
  const { picture, target, run } = shown;
  const { sample, link } = picture;
  return {
    ...(sample === undefined ? {} : { photo: sample }),
    ...(link === undefined || !/^https?:/.test(link) ? {} : { src: link }),
    target,
    ...(versus.other === undefined || versus.other === run.predictions[0]?.index
      ? {}
      : { over: versus.other }),
    ...(largeView() === "cam" ? {} : { view: largeView() }),
    ...(settings.method === "grad-cam" ? {} : { method: settings.method }),
    ...(settings.layer === settings.defaultLayer ? {} : { layer: settings.layer }),
    ...(settings.fit === "squash" ? {} : { fit: settings.fit }),
    ...(settings.colours.colormap === "candle" ? {} : { colormap: settings.colours.colormap }),
    ...(settings.opacity === settings.usualOpacity ? {} : { opacity: settings.opacity }),
    ...Object.assign({}, ...benches.all.map((bench) => bench.state)),
  };
}

const remember = () => {
  writeState(state());
  benches?.takeAway.refresh();
};
/**
 * Timer that delays changes by sliders: browsers allow some hundred changes of the address in half a minute.
 */
let resting: ReturnType<typeof setTimeout> | undefined;
const rememberAtRest = () => {
  clearTimeout(resting);
  resting = setTimeout(remember, 300);
};
/** The photo that is shown. Settings for one photo are reset for another, except those of a link. */
let picture: LabPhoto | undefined;
/** The picture elsewhere that the address names, once it is fetched. */
let named: LabPhoto | undefined;
session.onShown = (shown) => {
  for (const bench of picture === undefined || picture === shown.picture ? [] : (benches?.all ?? [])) {
    bench.forget();
    if (shown.picture === named) bench.restore(asked);
  }
  picture = shown.picture;
  remember();
};
listenForViews(remember);
listenForPoints((x, y) => void session.askAt(x, y));
if (asked.view !== undefined) enlarge(asked.view);

void network.then((candling) => {
  settings.offer(candling);
  answers.takeQuestions(candling);
  const { info } = candling;
  if (isOwn) {
    byId("class-count", HTMLDataElement).textContent = byId("class-count", HTMLDataElement).value = String(
      info.classes,
    );
    byId("class", HTMLInputElement).placeholder = candling.labels.slice(0, 3).join(", ");
  }
  byId("model-credit", HTMLElement).textContent =
    `The network: ${info.name}, ${info.licence}, ${info.origin}.`;
});
void keepOffline({
  network,
  model,
  onUpdate: (apply) => showOffer("A new version of this page is ready.", "Use it", apply),
});

const resolved = network.then((candling) => resolve(address, candling));
void resolved.then(({ target, over }) => {
  const isByName = asked.target === undefined;
  asked = { ...asked, target, over };
  // a class by index was requested at once; that of a picture elsewhere is requested together with it
  if (target !== undefined && isByName && !linked) ask(target);
  if (picture === undefined) benches?.versus.restore(asked);
});
/** Reports what was not followed in the address; last, as a success clears earlier messages. */
const tellWrong = async (opened: Promise<unknown> | undefined, more: readonly string[] = []) => {
  const { wrong } = await resolved;
  await opened;
  const all = [...more, ...wrong];
  if (all.length > 0) showMessage(`Not followed in the address: ${all.join("; ")}.`);
};

const openSample = async (sample: Sample, target?: number) => {
  markSample(sample.file);
  const picture = fetchSample(sample);
  picture.catch(() => {}); // told to the visitor when its turn comes
  await session.open(picture, target);
};
const open = async (picture: LabPhoto, target?: number) => {
  markSample(undefined);
  const { state } = byId("loading", HTMLElement).dataset;
  // the text in the network's corner says why it was not loaded
  const why = state === "stopped" ? `${byId("loading-text", HTMLElement).textContent} ` : "";
  if (state !== "ready") showMessage(`${why}Your photo is next, as soon as the network is loaded.`);
  await session.open(picture, target);
};
/**
 * Scrolls to the first view if the photo was opened near it; who drops one on an experiment stays there.
 * Instantly, as the photo's shape may move the page before a smooth scroll arrives.
 */
const showAnswer = () => {
  if (byId("why", HTMLElement).getBoundingClientRect().bottom > 0) scrollTo({ top: 0, behavior: "instant" });
};
listenForPhotos(
  network,
  () => settings.colours,
  (picture) => {
    showAnswer();
    void open(picture);
  },
);

const listed = showSamples((sample) => void openSample(sample));
// one after the other, so that any action of the visitor meanwhile goes first
const breathe = () => new Promise((resolve) => setTimeout(resolve));
const parts = await import("./lab/benches.js");
await breathe();
const versus = new parts.Versus(settings, ask);
const takeAway = new parts.TakeAway(settings, why, state);
benches = { versus, takeAway, all: [] };
const add = (bench: Experiment) => {
  bench.restore(asked);
  bench.onSet = rememberAtRest;
  benches?.all.push(bench);
  session.add(bench);
};
add(versus);
const machine = () => {
  const bench = new parts.Machine(network);
  bench.backend.onSwitch = ({ backend }) => {
    if (session.shown !== undefined && session.shown.run.backend !== backend) session.runAgain();
  };
  return bench;
};
for (const make of [
  () => new parts.Layers(settings),
  () => new parts.Proof(settings),
  () => new parts.Sanity(settings),
  machine,
  () => takeAway,
]) {
  await breathe();
  add(make());
}
parts.followScroll();

const samples = await listed;
// a visitor may have been faster than the list of samples
if (!session.inUse) {
  const [first] = samples;
  const sample = samples.find(({ file }) => file === asked.photo);
  if (asked.src !== undefined) {
    const words = "The link that you followed shows this picture. It is fetched only if you say so.";
    const openNamed = (picture: LabPhoto) => {
      named = picture;
      void tellWrong(open(picture, asked.target));
    };
    askForLink(openNamed, asked.src, words, () => (linked = false));
  }
  let opened: Promise<void> | undefined;
  if (sample !== undefined && another) {
    showPlain(sample);
    opened = openSample(sample, asked.target);
  } else if (first !== undefined) {
    if (asked.target !== undefined && !linked) ask(asked.target);
    opened = openSample(first, session.wished);
    // the page shows it already, precomputed: its classes can be chosen while the network is being downloaded
    session.answered = !another;
  } else {
    byId("lab", HTMLElement).setAttribute("aria-busy", "false");
  }
  const { photo } = asked;
  void tellWrong(
    opened,
    another && photo !== undefined && sample === undefined
      ? [refused("photo", photo, `there is no sample ${photo}; here is the first one`)]
      : [],
  );
} else {
  void tellWrong(undefined);
}
