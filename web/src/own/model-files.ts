/** The model as a file: saved, opened, and passed to the lab. */
import { Candling } from "../candling.js";
import { byId } from "../dom/page.js";
import { saveBlob } from "../dom/save.js";
import { handOver, labWithOwn } from "../site/handover.js";
import { sentence } from "../words/sentence.js";
import { MOST_CLASSES } from "./photo.js";
import { labelOf, type Model } from "./model.js";
import type { Network } from "./network.js";
import type { PhotoSession } from "./session.js";
import { showError, clearError } from "./voice.js";
import { listed } from "./words.js";

const save = byId("save-model", HTMLButtonElement);
const lab = byId("to-lab", HTMLButtonElement);
const hint = byId("model-hint", HTMLElement);
const chooser = byId("model-file", HTMLInputElement);

const UNTRAINED =
  "Once trained, it can be saved as a .safetensors file; every method of the lab and of the command line works on it.";

/** `onOpened` is called once an opened model is that of the session. */
export function listenForModels(session: PhotoSession, network: Network, onOpened: () => void): void {
  const refresh = () => {
    const { model } = session;
    save.disabled = lab.disabled = model === undefined;
    hint.textContent =
      model === undefined
        ? UNTRAINED
        : `“${model.name}”: an ordinary model that tells ${known(model)} apart.${renamed(session, model)}`;
  };
  session.follow((what) => {
    if (what === "model" || what === "classes") refresh();
    // a new model is there, so messages on the previous one are out of date
    if (what === "model") clearError("model");
  });
  refresh();

  save.addEventListener("click", () => {
    if (session.model !== undefined) saveBlob(session.model.file, `${fileName(session.model)}.safetensors`);
  });
  lab.addEventListener("click", async () => {
    const { model } = session;
    if (model === undefined) return;
    try {
      await handOver(model.file);
      // if it does not load, the lab says why
      const layer = await network.judge(model).then(
        ({ info }) => info.evidenceLayer,
        () => undefined,
      );
      location.assign(labWithOwn(layer));
    } catch {
      showError(
        "model",
        "This browser does not let the page hand the model to the lab. Save it, and open the file there.",
      );
    }
  });
  byId("open-model", HTMLButtonElement).addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    const file = chooser.files?.[0];
    chooser.value = "";
    if (file === undefined) return;
    try {
      hint.textContent = `Opening ${file.name}…`;
      const model = await opened(file);
      const refused = mismatch(session, model, file.name);
      if (refused === undefined) {
        nameClasses(session, model);
        session.model = model;
        onOpened();
      } else showError("model", refused);
    } catch (error) {
      showError("model", `${file.name} could not be opened as a model: ${sentence(error)}`);
    }
    refresh();
  });
}

/** The classes whose names differ from those in the model, in words. */
function renamed({ classes }: PhotoSession, { classIds, labels }: Model): string {
  const changes = classes.flatMap(({ id, name }) => {
    const label = labels[classIds?.indexOf(id) ?? -1];
    return label === undefined || label === name
      ? []
      : [`${name === "" ? "The class without a name" : `“${name}”`} is called “${label}” in the model`];
  });
  return changes.length === 0
    ? ""
    : ` ${changes.join("; ")}: train again to put the new ${changes.length === 1 ? "name" : "names"} into it.`;
}

/** The classes of a model, in words. */
function known({ labels }: Model): string {
  return labels.length > MOST_CLASSES ? `${labels.length.toLocaleString("en-GB")} classes` : listed(labels);
}

/** The file name of a model, without its backbone: "bird-or-mammal". */
export function fileName({ name }: Pick<Model, "name">): string {
  const [own = ""] = name.split(", on ");
  const plain = own
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return plain === "" ? "model" : plain.slice(0, 60);
}

/** Loads a model file once to check it. */
async function opened(file: File): Promise<Model> {
  const candling = await Candling.load({ model: file, backend: "cpu" });
  try {
    return {
      file,
      name: candling.info.name,
      labels: candling.labels,
      classIds: undefined,
      lesson: undefined,
    };
  } finally {
    candling.close();
  }
}

/** Why a model does not fit these photos; undefined if it does. */
function mismatch(session: PhotoSession, model: Model, name: string): string | undefined {
  const inUse = session.classes.filter((of) => session.photosOf(of).length > 0);
  const strange = inUse.filter((of) => labelOf(model, of, session.classes) === undefined);
  if (strange.length === 0) return undefined;
  const which = strange.map((of) => of.name || "a class without a name");
  const [are, those] = strange.length === 1 ? ["is", "that class"] : ["are", "those classes"];
  return `${name} tells ${known(model)} apart; ${listed(which)} ${are} none of them. Rename or remove ${those}, then open the model again.`;
}

/** Gives the model's names to unnamed classes, and adds missing ones. */
function nameClasses(session: PhotoSession, { labels }: Model): void {
  if (labels.length > MOST_CLASSES) return;
  const isThere = (label: string) =>
    session.classes.some(({ name }) => name.toLowerCase() === label.toLowerCase());
  for (const label of labels.filter((label) => !isThere(label))) {
    const blank = session.classes.find(
      (of) => session.photosOf(of).length === 0 && !labels.includes(of.name),
    );
    if (blank !== undefined) session.renameClass(blank, label);
    else session.addClass(label);
  }
}
