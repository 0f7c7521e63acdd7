/**
 * Files and folders that were dropped or chosen. What is a photo, and of which class, is decided by the same
 * rules as in the command.
 */
import type { Entry, Folder } from "../trainer/messages.js";

/** A file and the folders that contained it, from the one that was dropped or chosen on. */
export interface Listed {
  readonly file: File;
  readonly folders: readonly string[];
}

/** The files and folders that were dropped or chosen. */
export interface Given {
  readonly files: readonly Listed[];
  /** Folders as lists of names; a file chooser reports none. */
  readonly folders: readonly (readonly string[])[];
}

/** Reads dropped files and folders. Must be called during the event, after which the data is gone. */
export function dropped({ items, files }: DataTransfer): Promise<Given> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // pictures from another page, and files that a script put there, are no entries
  if (entries.length === 0)
    return Promise.resolve({ files: [...files].map((file) => ({ file, folders: [] })), folders: [] });
  return walked(entries, []);
}

/** Reads the files of a file or folder chooser. */
export function chosen(files: FileList): Given {
  return {
    files: [...files].map((file) => ({ file, folders: file.webkitRelativePath.split("/").slice(0, -1) })),
    folders: [],
  };
}

/** Files for the one class onto which they were dropped: folders inside the dropped one are groups. */
export function inOneClass({ files }: Given, name: string): Folder {
  return {
    files: files.map(({ file, folders }) => ({ path: [...folders.slice(1), file.name].join("/"), file })),
    folders: [],
    oneClass: name,
  };
}

/**
 * The possible folders of classes: for one folder its contents, or else the folder itself; for several,
 * these.
 */
export function asClasses({ files, folders }: Given): readonly Folder[] {
  const tops = new Set(files.map(({ folders: [top] }) => top));
  const below = (depth: number): Folder => ({
    files: files.map(
      ({ file, folders }): Entry => ({ path: [...folders.slice(depth), file.name].join("/"), file }),
    ),
    folders: folders.map((names) => names.slice(depth).join("/")).filter((path) => path !== ""),
  });
  const isOne = tops.size === 1 && !tops.has(undefined);
  return isOne ? [below(1), below(0)] : [below(0)];
}

/** Lists all files below entries, folder by folder, so that a large folder does not block the page. */
async function walked(entries: readonly FileSystemEntry[], folders: readonly string[]): Promise<Given> {
  const all: { readonly files: Listed[]; readonly folders: (readonly string[])[] } = {
    files: [],
    folders: [],
  };
  for (const entry of entries) {
    if (isFolder(entry)) {
      const path = [...folders, entry.name];
      const inside = await walked(await contents(entry), path);
      all.files.push(...inside.files);
      all.folders.push(path, ...inside.folders);
    } else if (isFile(entry)) all.files.push({ file: await fileOf(entry), folders });
  }
  return all;
}

/** Lists a folder; a reader returns up to a hundred entries at a time, and none at the end. */
async function contents(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
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
