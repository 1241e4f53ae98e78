/** Which files were chosen for an upload, kept in this browser: after a reload those that are missing can be named. */
import type { LocalFile } from "./upload-queue";

/** More names than fit a browser's storage are not worth keeping: then nothing is named. */
const MOST = 20_000;

export class UploadMemory {
  readonly #key: string;
  #chosen = new Map<string, number>();

  constructor(
    upload: string,
    private readonly storage: Storage,
  ) {
    this.#key = `mw-upload:${upload}`;
    this.#chosen = read(this.storage, this.#key);
  }

  /** Whether files were chosen that may not have arrived. */
  get any(): boolean {
    return this.#chosen.size > 0;
  }

  add(files: readonly LocalFile[]): void {
    for (const { name, size } of files) this.#chosen.set(name, size);
    try {
      if (this.#chosen.size > MOST) this.storage.removeItem(this.#key);
      else this.storage.setItem(this.#key, JSON.stringify([...this.#chosen]));
    } catch {
      this.storage.removeItem(this.#key); // full: an old list would name too few
    }
  }

  /** Chosen files that the server does not have like this, by name. */
  missing(server: ReadonlyMap<string, number>): string[] {
    return [...this.#chosen].filter(([name, size]) => server.get(name) !== size).map(([name]) => name);
  }

  forget(): void {
    this.#chosen.clear();
    this.storage.removeItem(this.#key);
  }
}

function read(storage: Storage, key: string): Map<string, number> {
  try {
    const found: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    if (!Array.isArray(found)) return new Map();
    return new Map(found.filter((one): one is [string, number] => Array.isArray(one) && typeof one[0] === "string"));
  } catch {
    return new Map();
  }
}
