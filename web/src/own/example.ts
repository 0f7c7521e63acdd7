/**
 * The lesson's pictures, for visitors without photos at hand: 20 birds and 20 mammals, with masks of the
 * animals.
 */
import { byId } from "../dom/page.js";
import { sentence } from "../words/sentence.js";
import { shrunk } from "./area.js";
import type { Intake } from "./intake.js";
import type { Network } from "./network.js";
import { tellOfRegions } from "./regions.js";
import type { PhotoSession } from "./session.js";
import { showError } from "./voice.js";
import { itemAt } from "../platform/known.js";

export function listenForExample(session: PhotoSession, network: Network, intake: Intake): void {
  const offer = byId("example-offer", HTMLElement);
  const button = byId("example", HTMLButtonElement);
  const show = () => {
    // the focus moves to the count of photos
    if (!session.isEmpty && document.activeElement === button) byId("adding-text", HTMLElement).focus();
    offer.hidden = !session.isEmpty;
  };
  session.follow((what) => {
    if (what === "classes" || what === "photos" || what === "model") show();
  });
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      await take(session, network, intake);
    } catch (error) {
      showError("photos", sentence(error));
    } finally {
      button.ariaBusy = "false";
    }
  });
  show();
}

async function take(session: PhotoSession, network: Network, intake: Intake): Promise<void> {
  const { fetchPictures } = await import("../bias/pictures.js");
  const { classes, of } = await fetchPictures(network.examiner);
  const pictures = of("train_biased").map((picture) => {
    const file = new File([picture.photo], `${picture.name}.webp`, { type: picture.photo.type });
    return { file, folders: [itemAt(classes, picture.label)], mask: picture.mask };
  });
  await intake.takeFolders(pictures);
  const { marks, photos, region } = session;
  const byName = new Map([...photos.values()].map((photo) => [photo.name, photo]));
  const masks = await Promise.all(
    pictures.map(async ({ file, mask }) => ({ name: file.name, mask: shrunk(await mask()) })),
  );
  // everything may have been cleared meanwhile
  const there = masks.flatMap(({ name, mask }) => {
    const photo = byName.get(name);
    return photo === undefined || photos.get(photo.digest) !== photo ? [] : [[photo.digest, mask] as const];
  });
  if (there.length === 0) return;
  marks.place(region, { ...marks.places(region), own: new Map(there) });
  tellOfRegions(`Where the animal is, is marked as “${region.name}” in all of them.`);
}
