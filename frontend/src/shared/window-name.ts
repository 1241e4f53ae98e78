import { randomUuid } from "./uuid";

/**
 * This window's name, told to the server with each draft: "<browser>:<window>". The person is then told whether another
 * window of this browser or another device has saved.
 */
const KEY = "maskwright-browser";

function browserName(): string {
  const made = randomUuid().slice(0, 13);
  try {
    const kept = localStorage.getItem(KEY);
    if (kept !== null && /^[0-9a-f-]{13}$/.test(kept)) return kept;
    localStorage.setItem(KEY, made);
  } catch {
    // A private window may refuse: then it is a browser of its own.
  }
  return made;
}

let name: string | null = null;

export function windowName(): string {
  name ??= `${browserName()}:${randomUuid().slice(0, 13)}`;
  return name;
}

/** Whether both are windows of one browser. */
export function sameBrowser(one: string, other: string): boolean {
  return one !== "" && one.split(":")[0] === other.split(":")[0];
}
