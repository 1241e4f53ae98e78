/**
 * The socket closed for good because a right changed. Which one only the API says: a labeler who became a reviewer
 * goes on where he is, an open photo included; who may no longer work here is told so.
 */
import { ApiError } from "../shared/api";
import type { Clock } from "../shared/clock";

export interface EndingPorts {
  /** Any call of the work API that needs the right to work. */
  readonly ask: () => Promise<unknown>;
  readonly clock: Clock;
  /** The right is still there: connect again. */
  readonly goOn: () => void;
  readonly signedOut: () => void;
  readonly rightsEnded: () => void;
}

const AGAIN = 2_000;

export class EndingCheck {
  #cancel: () => void = () => undefined;
  #calls = 0;

  constructor(private readonly ports: EndingPorts) {}

  /** Asks, again and again while the server cannot be reached. A later call replaces an earlier one. */
  check(): void {
    this.stop();
    void this.#ask(this.#calls);
  }

  stop(): void {
    this.#cancel();
    this.#calls += 1;
  }

  async #ask(call: number): Promise<void> {
    try {
      await this.ports.ask();
    } catch (error) {
      if (call !== this.#calls) return;
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 401) this.ports.signedOut();
      else if (status === 403) this.ports.rightsEnded();
      else this.#cancel = this.ports.clock.after(AGAIN, () => void this.#ask(call));
      return;
    }
    // A moment later, so that an answer that is wrong for once does not become a loop.
    if (call === this.#calls) this.#cancel = this.ports.clock.after(AGAIN / 4, () => this.ports.goOn());
  }
}
