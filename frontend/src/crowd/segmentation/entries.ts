import { freeColor } from "./colors";

/** A label (or one instance of it) and what stands for it in the mask. */
export interface Entry {
  readonly index: number;
  readonly label: string;
  readonly color: string;
}

/** An 8-bit mask has no more. */
export const MOST_ENTRIES = 255;

/**
 * Labels with an index and a colour each, which they keep however the list of labels changes: what is painted stays what
 * it is. A label that comes back has its old ones.
 */
export class LabelEntries {
  readonly #known = new Map<string, Entry>();
  #current: readonly Entry[] = [];

  get current(): readonly Entry[] {
    return this.#current;
  }

  /** `colors`: of labels that have one already, from an earlier task. */
  set(labels: readonly string[], colors: ReadonlyMap<string, string> = new Map()): readonly Entry[] {
    for (const [label, color] of colors) {
      const known = this.#known.get(label);
      if (known !== undefined && known.color !== color) this.#known.set(label, { ...known, color });
    }
    const taken = new Set([...colors.values(), ...[...this.#known.values()].map(({ color }) => color)]);
    for (const label of labels) {
      if (this.#known.has(label) || this.#known.size >= MOST_ENTRIES) continue;
      const color = colors.get(label) ?? freeColor(taken);
      taken.add(color);
      this.#known.set(label, { index: this.#known.size + 1, label, color });
    }
    this.#current = labels.flatMap((label) => this.#known.get(label) ?? []);
    return this.#current;
  }
}

/** Instances: several entries may have one label. */
export class InstanceEntries {
  #current: readonly Entry[] = [];
  #next = 1;

  get current(): readonly Entry[] {
    return this.#current;
  }

  /** One instance at least of each label; those of labels that are gone go. */
  set(labels: readonly string[]): readonly Entry[] {
    this.#current = this.#current.filter(({ label }) => labels.includes(label));
    for (const label of labels) if (!this.#current.some((one) => one.label === label)) this.add(label);
    // As the list has them, and of one label as they were made.
    this.#current = labels.flatMap((label) => this.#current.filter((one) => one.label === label));
    return this.#current;
  }

  /** Null when the mask has no index left. */
  add(label: string, color?: string): Entry | null {
    if (this.#next > MOST_ENTRIES) return null;
    const taken = new Set(this.#current.map((one) => one.color));
    const entry = { index: this.#next++, label, color: color ?? freeColor(taken) };
    this.#current = [...this.#current, entry];
    return entry;
  }

  /** What an earlier answer had. */
  replace(instances: readonly { readonly label: string; readonly color: string }[]): readonly Entry[] {
    this.#current = [];
    this.#next = 1;
    for (const { label, color } of instances) this.add(label, color);
    return this.#current;
  }

  nameOf(entry: Entry): string {
    return `${entry.label} ${this.#current.filter(({ label }) => label === entry.label).indexOf(entry) + 1}`;
  }
}
