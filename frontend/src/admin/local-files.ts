/** The files of a chosen or dropped folder, without those that no labeling job can use. */
import type { LocalFile } from "./upload-queue";

export interface Chosen {
  readonly files: readonly LocalFile[];
  /** Names of those that were left out: hidden ones and other kinds of files. */
  readonly ignored: readonly string[];
}

/** Keeps files whose names end in one of `endings` (".jpg"); names use `/` and composed characters (NFC). */
export function choose(found: readonly { readonly path: string; readonly file: File }[], endings: readonly string[]): Chosen {
  const files: LocalFile[] = [];
  const ignored: string[] = [];
  for (const { path, file } of found) {
    const name = path.normalize("NFC").replace(/^\/+/, "");
    const hidden = name.split("/").some((part) => part.startsWith("."));
    if (hidden || !endings.some((ending) => name.toLowerCase().endsWith(ending))) ignored.push(name);
    else files.push({ name, size: file.size, bytes: async () => new Uint8Array(await file.arrayBuffer()) });
  }
  return { files, ignored };
}

export function fromInput(list: FileList): { path: string; file: File }[] {
  return Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Everything below the dropped files and folders. Must be called while the drop event runs. */
export async function fromDrop(items: DataTransferItemList): Promise<{ path: string; file: File }[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: { path: string; file: File }[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: { path: string; file: File }[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath, file });
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader hands out at most a hundred entries at a time, and an empty list at the end.
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) break;
      for (const child of part) await walk(child, found);
    }
  }
}
