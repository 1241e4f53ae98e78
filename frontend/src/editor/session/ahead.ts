import type { Assignment, NextTask, Transport } from "../transport/transport";
import { decodeImage } from "./open";

/** After the photo in work has opened: what comes next must not slow it down. */
const FIRST = 1_500;
/** While there was nothing, or it could not be told. */
const AGAIN = 20_000;

interface Fetched {
  readonly task: string;
  readonly image: Promise<ImageBitmap>;
}

/** The photo of the next task, fetched and decoded while this one is worked on. At most one is kept. */
export class Ahead {
  #fetched: Fetched | null = null;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly decode: typeof decodeImage = decodeImage) {}

  /** Asks for what comes after the assignment, soon. What was fetched for another one is dropped. */
  begin(assignment: Assignment, transport: Transport): void {
    this.drop();
    if (transport.next === undefined || transport.loadNextImage === undefined) return;
    this.#plan(assignment, transport, FIRST);
  }

  /** The task's photo if it was fetched; it is the caller's then. Null when another task came. */
  take(task: string): Promise<ImageBitmap> | null {
    const fetched = this.#fetched;
    if (fetched?.task !== task) return null;
    this.#fetched = null;
    return fetched.image;
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#fetched?.image.then((image) => image.close(), () => undefined);
    this.#fetched = null;
  }

  #plan(assignment: Assignment, transport: Transport, delay: number): void {
    this.#timer = setTimeout(() => void this.#ask(assignment, transport), delay);
  }

  async #ask(assignment: Assignment, transport: Transport): Promise<void> {
    const { signal } = this.#stop;
    let next: NextTask | null = null;
    try {
      next = (await transport.next?.(assignment)) ?? null;
    } catch {
      // Nothing depends on it: the next photo then opens as it does without.
    }
    if (signal.aborted) return;
    if (next === null) {
      this.#plan(assignment, transport, AGAIN);
      return;
    }
    const { width, height } = next.image;
    const image = (async () => {
      const blob = await transport.loadNextImage?.(next, signal);
      if (blob === undefined) throw new Error("no image");
      return this.decode(blob, width, height);
    })();
    image.catch(() => undefined);
    this.#fetched = { task: next.task.id, image };
  }
}
