import type { Clock } from "../../shared/clock";
import type { Disposer } from "../disposer";
import { TransportError } from "../transport/errors";

/** A call without an answer for this long is looked into; the probe then has the rest of three seconds. */
const SLOW = 1_000;
/** How long a probe may take. */
export const PROBE_LIMIT = 1_800;
const AGAIN = 2_000;
const LONGEST = 8_000;

export interface ReachabilityPorts {
  readonly clock: Clock;
  /** A small call that is answered at once where the server can be reached; rejects within `PROBE_LIMIT` else. */
  readonly probe: () => Promise<void>;
  readonly changed: (reachable: boolean) => void;
}

/**
 * Whether the server can be reached, known within three seconds: from what the browser says, from calls that fail or
 * take long, from the page's socket that closed. While it cannot, it is asked every few seconds.
 */
export class Reachability {
  #reachable = true;
  #probing = false;
  #failures = 0;
  #timer: Disposer = () => undefined;
  #planned = false;
  #ended = false;

  constructor(private readonly ports: ReachabilityPorts) {}

  get reachable(): boolean {
    return this.#reachable;
  }

  /** The browser says that the network is gone. */
  lost(): void {
    if (this.#ended) return;
    this.#set(false);
    if (!this.#planned && !this.#probing) this.#plan();
  }

  /** Something says that the network may be gone, or be back: asks now. */
  suspect(): void {
    if (this.#ended || this.#probing) return;
    this.#stop();
    void this.#probe();
  }

  /** Listens to a call: its answer or failure says how things are, and so does a long silence. */
  watch<T>(call: Promise<T>): Promise<T> {
    const cancel = this.ports.clock.after(SLOW, () => this.suspect());
    return call.then(
      (answer) => {
        cancel();
        this.#answered();
        return answer;
      },
      (error: unknown) => {
        cancel();
        if (error instanceof TransportError && error.failure === "network") this.lost();
        else if (error instanceof TransportError) this.#answered();
        throw error;
      },
    );
  }

  end(): void {
    this.#ended = true;
    this.#stop();
  }

  #answered(): void {
    if (this.#ended) return;
    this.#failures = 0;
    this.#stop();
    this.#set(true);
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    try {
      await this.ports.probe();
      this.#probing = false;
      this.#answered();
    } catch (error) {
      this.#probing = false;
      // Any answer of the server is an answer.
      if (error instanceof TransportError && error.failure !== "network") this.#answered();
      else this.lost();
    }
  }

  #stop(): void {
    this.#timer();
    this.#planned = false;
  }

  #plan(): void {
    this.#planned = true;
    const delay = Math.min(LONGEST, AGAIN * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = this.ports.clock.after(delay * (0.75 + this.ports.clock.random() / 2), () => this.suspect());
  }

  #set(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    this.ports.changed(reachable);
  }
}
