/** Regions from a folder of masks, found and read by the rules of `candling audit --masks`. */
import type { Mask } from "../bias/mask.js";
import { CandlingError } from "../candling.js";
import { byId } from "../dom/page.js";
import type { Folder, Pairs } from "../trainer/messages.js";
import { sentence } from "../words/sentence.js";
import { digestOf } from "./adding.js";
import { isMarked, shrunk } from "./area.js";
import { chosen } from "./folders.js";
import type { Network } from "./network.js";
import { outcomesIn, placesOf } from "./outcomes.js";
import type { StoredPhoto, Unmarked } from "./photo.js";
import { tellOfRegions } from "./regions.js";
import type { PhotoSession } from "./session.js";
import { announce, showError, clearError } from "./voice.js";
import { count } from "./words.js";

export function listenForMasks(session: PhotoSession, network: Network): void {
  const chooser = byId("masks-file", HTMLInputElement);
  const button = byId("masks", HTMLButtonElement);
  const value = byId("mask-value", HTMLInputElement);
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    const { files } = chosen(chooser.files ?? new DataTransfer().files);
    chooser.value = "";
    if (files.length === 0) return;
    const [top = ""] = files[0]?.folders ?? [];
    // the folder of all classes has a name of its own
    const folder = {
      files: files.map(({ file, folders }) => ({ path: [...folders.slice(1), file.name].join("/"), file })),
      folders: [],
    };
    button.disabled = true;
    try {
      await mark(session, network, folder, top, value.value === "" ? undefined : value.valueAsNumber);
    } catch (error) {
      showError("masks", sentence(error));
    } finally {
      button.disabled = false;
    }
  });
}

/** Marks the current region in every photo that has a mask, and reports the result. */
async function mark(
  session: PhotoSession,
  network: Network,
  folder: Folder,
  name: string,
  value: number | undefined,
): Promise<void> {
  const { region } = session;
  const photos = [...session.photos.values()];
  if (photos.length === 0)
    return showError("masks", "There are no photos yet: add them first, then their masks.");
  const paths = photos.map((photo) => placesOf(session, photo));
  const places = new Map(
    photos.flatMap((photo, at) => (paths[at] ?? []).map((path) => [path, photo] as const)),
  );
  const beside = folder.files.some(({ path, file }) => places.get(path)?.blob.size === file.size);
  const masks = beside ? folder : { ...folder, files: await withoutPhotos(folder, session) };
  const pairs = await network.examiner.pairs({ ...masks, photos: paths, beside, folder: name });
  const same =
    masks.files.length < folder.files.length ? " The photos themselves, which are in it, are no masks." : "";
  if (pairs.of.every((one) => one === null))
    return showError("masks", `${sentence(new Error(pairs.missing))}${same}`);
  const found = await read(network, masks, photos, pairs, value);
  const keeping = photos.filter(
    (photo) => !found.has(photo) && photo.masks.get(region.id)?.source !== undefined,
  ).length;
  session.marks.take(region, found, pairs.unused);
  clearError("masks");
  const words = await network.examiner.maskWords(outcomesIn(session, photos, region));
  const [doubt] = pairs.of.filter((one) => typeof one === "string");
  const [refused] = [...found.values()].flatMap((one) =>
    "kind" in one && one.kind === "refused" ? [one.why] : [],
  );
  const kept =
    keeping === 0 ? "" : `${count(keeping, "photo")} with none in this folder kept the mask from before`;
  const more = [kept, doubt, refused, pairs.words]
    .filter((part): part is string => part !== undefined && part !== "")
    .map((part) => sentence(new Error(part)));
  const all = [`“${region.name}”: ${words}.`, ...more].join(" ");
  tellOfRegions(all);
  if (refused !== undefined) showError("masks", all);
  else announce(all);
}

/**
 * The files that are not photos of the session, by content: if they lie in the folder too, they are not
 * masks.
 */
async function withoutPhotos({ files }: Folder, { photos }: PhotoSession): Promise<Folder["files"]> {
  const sizes = new Set([...photos.values()].map(({ blob }) => blob.size));
  const others: Folder["files"][number][] = [];
  for (const entry of files) {
    const digest = sizes.has(entry.file.size) ? await digestOf(entry.file).catch(() => "") : "";
    if (!photos.has(digest)) others.push(entry);
  }
  return others;
}

/** Reads the masks in the folder; returns for each photo a mask or a reason for having none. */
async function read(
  network: Network,
  { files }: Folder,
  photos: readonly StoredPhoto[],
  { of }: Pairs,
  value: number | undefined,
): Promise<ReadonlyMap<StoredPhoto, Mask | Unmarked>> {
  const found = new Map<StoredPhoto, Mask | Unmarked>();
  for (const [at, photo] of photos.entries()) {
    const pair = of[at] ?? null;
    const file = typeof pair === "number" ? files[pair]?.file : undefined;
    if (typeof pair === "string") found.set(photo, { kind: "several", why: pair });
    if (file === undefined) continue;
    try {
      const { rule, ...mask } = await network.examiner.mask(file, value);
      const none: Unmarked = { kind: "nothing inside", why: `its mask ${file.name} has nothing inside` };
      found.set(photo, isMarked(mask) ? shrunk({ ...mask, source: { file, value, rule } }) : none);
    } catch (error) {
      if (!(error instanceof CandlingError) || error.code !== "bad-mask") throw error;
      found.set(photo, { kind: "refused", why: `its mask ${file.name}: ${error.message}` });
    }
  }
  return found;
}
