import { effect, signal } from "@preact/signals-core";
import type { Disposer } from "../disposer";
import type { Comment } from "../transport/transport";

export interface Pin extends Comment {
  /** Counted from 1 in the order of making; it is what the pin shows. */
  readonly number: number;
  /** A labeler has dealt with it. */
  readonly done: boolean;
}

const MOST = 100;
const KEEP = 30 * 86_400_000;
const PREFIX = "maskwright-pins:";

/** Comments pinned to the photo: a reviewer's in the making, or those a labeler works through. */
export class PinList {
  readonly pins = signal<readonly Pin[]>([]);
  /** Number of the pin that is looked at. */
  readonly selected = signal<number | null>(null);
  readonly shown = signal(true);

  constructor(comments: readonly Comment[] = []) {
    this.pins.value = comments.map((comment, at) => ({ ...comment, number: at + 1, done: false }));
  }

  get full(): boolean {
    return this.pins.value.length >= MOST;
  }

  /** The comments that say something; an empty one is a slip of the mouse. */
  get said(): Comment[] {
    return this.pins.value.filter(({ text }) => text.trim() !== "").map(({ x, y, text }) => ({ x, y, text: text.trim() }));
  }

  add(x: number, y: number): void {
    if (this.full) return;
    const number = this.pins.value.reduce((most, pin) => Math.max(most, pin.number), 0) + 1;
    this.pins.value = [...this.pins.value, { x: round(x), y: round(y), text: "", number, done: false }];
    this.selected.value = number;
    this.shown.value = true;
  }

  change(number: number, change: Partial<Pick<Pin, "text" | "done">>): void {
    this.pins.value = this.pins.value.map((pin) => (pin.number === number ? { ...pin, ...change } : pin));
  }

  remove(number: number): void {
    this.pins.value = this.pins.value.filter((pin) => pin.number !== number);
    if (this.selected.value === number) this.selected.value = null;
  }

  /** The pin after (1) or before (-1) the selected one, round and round; null when there is none. */
  step(by: 1 | -1): Pin | null {
    const pins = this.pins.value;
    if (pins.length === 0) return null;
    const at = pins.findIndex(({ number }) => number === this.selected.value);
    const next = at < 0 ? (by > 0 ? 0 : pins.length - 1) : (at + by + pins.length) % pins.length;
    this.selected.value = pins[next].number;
    return pins[next];
  }

  /**
   * Takes what this browser kept under `name` and keeps every change there, until `forgetPins`. A server holds the
   * mask of a draft only; written comments must not be lost with a page either.
   */
  keep(name: string): Disposer {
    const key = PREFIX + name;
    try {
      prune();
      const kept = JSON.parse(localStorage.getItem(key) ?? "null") as { readonly pins?: unknown } | null;
      if (Array.isArray(kept?.pins)) this.pins.value = kept.pins.filter(isPin);
    } catch {
      // Nothing kept, or not by us.
    }
    return effect(() => {
      try {
        localStorage.setItem(key, JSON.stringify({ savedAt: Date.now(), pins: this.pins.value }));
      } catch {
        // A private window may refuse.
      }
    });
  }
}

/** What was kept is of no use any more. */
export function forgetPins(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // There was no storage.
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function isPin(value: unknown): value is Pin {
  const pin = value as Partial<Pin> | null;
  return typeof pin?.x === "number" && typeof pin.y === "number" && typeof pin.text === "string" && typeof pin.number === "number" && typeof pin.done === "boolean";
}

function prune(): void {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as { readonly savedAt?: number };
    if ((kept.savedAt ?? 0) < Date.now() - KEEP) localStorage.removeItem(key);
  }
}
