/** The lesson's pictures: animals on backgrounds, all in one file. */
import { unzipSync } from "fflate";
import type { Mask } from "./mask.js";
import type { Trainer } from "./trainer.js";

export interface LessonPicture {
  readonly name: string;
  /** Index of its class. */
  readonly label: number;
  /** The background: `water` or `grass`. */
  readonly background: string;
  readonly photo: Blob;
  /** The mask of the animal. */
  readonly mask: () => Promise<Mask>;
  /** The same animal on the other background; undefined if there is none. */
  readonly counterpart: () => LessonPicture | undefined;
}

/** The sets of pictures in the lesson. */
export type SetName = "train_biased" | "train_unbiased" | "test_same" | "test_swapped";

export interface Pictures {
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  /** The pictures of a set in the order of the file: class by class, animal by animal. */
  readonly of: (set: SetName) => readonly LessonPicture[];
}

/** The contents of `tests/photos/bias/labels.json`. */
interface Labels {
  readonly classes: readonly string[];
  readonly pictures: readonly {
    readonly name: string;
    readonly label: string;
    readonly background: string;
    readonly sets: readonly string[];
  }[];
}

/** Fetches the pictures. Fails if the file cannot be fetched. */
export async function fetchPictures(trainer: Trainer): Promise<Pictures> {
  const file = new URL("./lesson/pictures.zip", import.meta.url);
  const response = await fetch(file).catch(() => {
    throw new Error(
      "the lesson's pictures could not be fetched, and are not kept on this device yet; begin the lesson once with a connection, and it works without one from then on",
    );
  });
  if (!response.ok)
    throw new Error(
      `the lesson's pictures could not be loaded: the server answered ${response.status}; load the page again`,
    );
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const blob = (path: string, type: string): Blob => {
    const bytes = files[path];
    if (bytes === undefined) throw new Error(`the lesson's pictures lack ${path}; load the page again`);
    return new Blob([Uint8Array.from(bytes)], { type });
  };
  const { classes, pictures } = JSON.parse(await blob("labels.json", "application/json").text()) as Labels;
  const listed = pictures.map(({ name, label, background, sets }) => {
    const animal = name.replace(/_[a-z]+$/, "");
    const picture: LessonPicture = {
      name,
      label: classes.indexOf(label),
      background,
      photo: blob(`images/${name}.webp`, "image/webp"),
      mask: once(() => trainer.mask(blob(`masks/${name}.png`, "image/png"), undefined)),
      counterpart: () =>
        listed.find((other) => other.animal === animal && other.picture !== picture)?.picture,
    };
    return { picture, sets, animal };
  });
  return {
    classes,
    of: (set) => listed.filter(({ sets }) => sets.includes(set)).map(({ picture }) => picture),
  };
}

/** Memoises a promise; after a failure the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}
