/** A person's own shortcuts: command (`tool:brush`, `action:undo`, `other:submit`) to key, as in `keys.ts`. */
export type KeyChoices = Readonly<Record<string, string>>;

const KEY = "maskwright-editor-keys";

/** Keys that keep their meaning: without them the keyboard would lose the image, or the way out. */
export const FIXED_KEYS: ReadonlySet<string> = new Set([
  "space", "escape", "enter", "tab", "shift+tab", "backspace", "delete",
  ...["arrowleft", "arrowright", "arrowup", "arrowdown"].flatMap((key) => [key, `shift+${key}`]),
]);

/** What was chosen in this browser. Kept per device: the server has no place for a person's settings yet. */
export function loadKeyChoices(): KeyChoices {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string" && !FIXED_KEYS.has(entry[1])),
    );
  } catch {
    return {}; // no storage, or not written by us
  }
}

export function saveKeyChoices(choices: KeyChoices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A private window may refuse: the choice lasts as long as the page.
  }
}
