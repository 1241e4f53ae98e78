/**
 * Small choices that belong to a person and a job, kept in this browser's storage: people who share a browser do not
 * share them. A browser without storage keeps them as long as the page.
 */

const MOST_JOBS = 100;
const memory = new Map<string, string>();

/** Who is signed in, from the page's head; "" on pages that do not say. */
export function person(): string {
  if (typeof document === "undefined") return "";
  return document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content ?? "";
}

type Entries = readonly (readonly [string, string])[];

function read(key: string): Entries {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? memory.get(key) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter((one): one is [string, string] => Array.isArray(one) && typeof one[0] === "string" && typeof one[1] === "string");
  } catch {
    return [];
  }
}

function write(key: string, entries: Entries): void {
  const text = JSON.stringify(entries);
  memory.set(key, text);
  try {
    localStorage.setItem(key, text);
  } catch {
    // A private window may refuse.
  }
}

/** One kind of choice, by job. Of the jobs the newest hundred are remembered. */
export class KeptByJob {
  constructor(readonly kind: string) {}

  get(job: string): string | null {
    return read(this.#key).find(([id]) => id === job)?.[1] ?? null;
  }

  /** Null forgets. */
  set(job: string, value: string | null): void {
    if (job === "" || this.get(job) === value) return;
    const others = read(this.#key).filter(([id]) => id !== job);
    write(this.#key, value === null ? others : [[job, value] as const, ...others].slice(0, MOST_JOBS));
  }

  get #key(): string {
    return `maskwright-${this.kind}:${person()}`;
  }
}
