/** Which rows of a long list of choices show. No DOM. */

export interface PickEntry {
  readonly text: string;
  readonly groups: readonly string[];
  readonly picked: boolean;
}

/** `which`: "", picked or free; `group`: "", none, or "in " and a group's name. */
export interface Shown {
  readonly words: string;
  readonly which: string;
  readonly group: string;
}

/** Every word has to occur somewhere in the row, whatever its case and accents. */
export function matches(entry: PickEntry, { words, which, group }: Shown): boolean {
  if (which === "picked" && !entry.picked) return false;
  if (which === "free" && entry.picked) return false;
  if (group === "none" && entry.groups.length > 0) return false;
  if (group.startsWith("in ") && !entry.groups.includes(group.slice(3))) return false;
  const text = plain(entry.text);
  return plain(words).split(/\s+/).every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().trim();
}
