/**
 * Packs the pictures of the bias lesson into one file, with their masks, so that a visitor makes one request
 * and not 248.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const pictures = fileURLToPath(new URL("../../tests/photos/bias/", import.meta.url));

/** The oldest date that a ZIP file can have, for all entries: the same bytes on every machine. */
const mtime = new Date(1980, 0, 1);

/** Writes `pictures.zip` and its credits into `folder`. Nothing is compressed: WebP and PNG are already. */
export function buildLesson(folder) {
  const names = [
    "labels.json",
    ...["images", "masks"].flatMap((kind) =>
      readdirSync(join(pictures, kind))
        .sort()
        .map((name) => `${kind}/${name}`),
    ),
  ];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(pictures, name))]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pictures.zip"), zipSync(files, { level: 0, mtime }));
  cpSync(join(pictures, "CREDITS.md"), join(folder, "CREDITS.md"));
}
