import type { TileChange } from "./journal";
import type { Rect } from "./rect";

/** One undo step: the runs of every tile it changed. */
export interface Change {
  readonly tiles: readonly TileChange[];
  readonly bytes: number;
  readonly dirty: Rect;
}

/** 1,000 mixed strokes at 4096 x 4096 take about 33 MB; this leaves room for coarse ones. */
const BYTE_LIMIT = 96 * 1024 * 1024;
const STEP_LIMIT = 5000;

/** Undo and redo stacks in bounded memory: the oldest steps go when either limit is passed. */
export class History {
  #past: Change[] = [];
  #future: Change[] = [];
  #bytes = 0;

  constructor(
    readonly byteLimit = BYTE_LIMIT,
    readonly stepLimit = STEP_LIMIT,
  ) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  get steps(): number {
    return this.#past.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(change: Change): void {
    for (const gone of this.#future) this.#bytes -= gone.bytes;
    this.#future = [];
    this.#past.push(change);
    this.#bytes += change.bytes;
    let drop = Math.max(0, this.#past.length - this.stepLimit);
    for (let at = 0; at < drop; at++) this.#bytes -= this.#past[at].bytes;
    while (this.#bytes > this.byteLimit && drop < this.#past.length - 1) this.#bytes -= this.#past[drop++].bytes;
    if (drop > 0) this.#past.splice(0, drop);
  }

  undo(): Change | null {
    const change = this.#past.pop() ?? null;
    if (change !== null) this.#future.push(change);
    return change;
  }

  redo(): Change | null {
    const change = this.#future.pop() ?? null;
    if (change !== null) this.#past.push(change);
    return change;
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
    this.#bytes = 0;
  }
}
