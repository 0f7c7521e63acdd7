/** Files and folders that were dropped or chosen, as photos of classes: `CLASS/photo.jpg`, or with a group in between, `CLASS/GROUP/photo.jpg`. */

/** Endings of files that are taken for photos; those of `candling train`. */
const ENDINGS = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"];

/** A file and the folders that it lay in, from the one that was dropped or chosen on. */
export interface Listed {
  readonly file: File;
  readonly folders: readonly string[];
}

/** A photo that is to be added. */
export interface Placed {
  readonly file: File;
  /** Name of its class; empty for the one that it was dropped onto. */
  readonly label: string;
  readonly group: string;
}

/** What was dropped. To be called during the event: what it holds is gone after. */
export function dropped({ items, files }: DataTransfer): Promise<readonly Listed[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // A picture out of another page, and files that a script put there, are no entries.
  if (entries.length === 0) return Promise.resolve([...files].map((file) => ({ file, folders: [] })));
  return walked(entries, []);
}

/** What a chooser for a folder gave, or one for files. */
export function chosen(files: FileList): readonly Listed[] {
  return [...files]
    .map((file) => ({ file, folders: file.webkitRelativePath.split("/").slice(0, -1) }))
    .filter(({ folders }) => folders.every(isSeen));
}

/** Those that are photos by their names, and how many are not. */
export function photosAmong(listed: readonly Listed[]): { readonly photos: readonly Listed[]; readonly others: number } {
  const visible = listed.filter(({ file }) => isSeen(file.name));
  const photos = visible.filter(({ file }) => ENDINGS.includes(file.name.split(".").at(-1)?.toLowerCase() ?? "") || file.type.startsWith("image/"));
  return { photos, others: visible.length - photos.length };
}

/** All into the class they were dropped onto: folders inside the one that was dropped are groups. */
export function inOneClass(photos: readonly Listed[]): readonly Placed[] {
  return photos.map(({ file, folders }) => ({ file, label: "", group: folders.slice(1).join("/") }));
}

/** By folder. Of one folder of folders these are the classes; of several, they are classes themselves. What lies beside the classes is left out. */
export function byFolder(photos: readonly Listed[]): { readonly placed: readonly Placed[]; readonly beside: number } {
  const tops = new Set(photos.map(({ folders }) => folders[0]));
  const nested = tops.size === 1 && photos.some(({ folders }) => folders.length > 1);
  const depth = nested ? 1 : 0;
  const inside = photos.filter(({ folders }) => folders.length > depth);
  const placed = inside.map(({ file, folders }) => ({ file, label: folders[depth] ?? "", group: folders.slice(depth + 1).join("/") }));
  placed.sort((a, b) => (a.label < b.label ? -1 : Number(a.label > b.label)));
  return { placed, beside: photos.length - inside.length };
}

/** All files below some entries. Files come in parts, folder by folder: a large folder does not hold the page up. */
async function walked(entries: readonly FileSystemEntry[], folders: readonly string[]): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const entry of entries) {
    if (!isSeen(entry.name)) continue;
    if (isFolder(entry)) listed.push(...(await walked(await contents(entry), [...folders, entry.name])));
    else if (isFile(entry)) listed.push({ file: await fileOf(entry), folders });
  }
  return listed;
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function contents(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isSeen(name: string): boolean {
  return !name.startsWith(".");
}
