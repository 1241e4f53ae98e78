/**
 * The working loop without a page: ask for a photo, have it edited, ask again. While there is none it waits
 * for a hint (`work.available`, a socket that came back), for the time the server named, or for a slow
 * poll, whichever comes first, so that the next photo opens without a click.
 */
import { ApiError } from "../shared/api";
import type { Clock } from "../shared/clock";
import type { Claim, ClaimAnswer, Nothing } from "./types";

export type View =
  | { readonly kind: "home" }
  /** An answer is on its way; after a photo the editor stays where it is, so that nothing flashes. */
  | { readonly kind: "asking"; readonly after: "start" | "photo" }
  | { readonly kind: "editing"; readonly claim: Claim }
  /** What was wrong with the answer to this, until he goes on. */
  | { readonly kind: "feedback"; readonly claim: Claim }
  | { readonly kind: "waiting"; readonly nothing: Nothing }
  /** It could not be asked; it asks again by itself. */
  | { readonly kind: "trouble"; readonly message: string }
  /** The right to work here ended; only a reload or another organization helps. */
  | { readonly kind: "ended"; readonly message: string };

export interface SessionState {
  readonly view: View;
  /** The session cookie no longer counts. An open editor stays as it is until somebody signs in. */
  readonly signedOut: boolean;
}

export interface SessionPorts {
  readonly claim: () => Promise<ClaimAnswer>;
  readonly clock: Clock;
  readonly changed: (state: SessionState) => void;
}

/** Hints reach everybody at once; without this spread they would all ask in the same millisecond. */
export const HINT_SPREAD = 300;
/** Covers a lost hint and a socket that is dead without knowing it. */
export const SLOW_POLL = 15_000;
const FIRST_RETRY = 1_000;

export class WorkSession {
  #state: SessionState = { view: { kind: "home" }, signedOut: false };
  #cancelTimer: () => void = () => undefined;
  #asking = false;
  /** A hint came while an answer was under way that may have been written before it. */
  #askAgain = false;
  /** Raised by whatever makes an answer under way meaningless. */
  #round = 0;
  #failures = 0;

  constructor(private readonly ports: SessionPorts) {}

  get state(): SessionState {
    return this.#state;
  }

  start(): void {
    if (this.#state.view.kind !== "home") return;
    this.#show({ kind: "asking", after: "start" });
    void this.#ask();
  }

  /** Back to the overview; a live claim stays live on the server. */
  stop(): void {
    this.#settle();
    this.#show({ kind: "home" });
  }

  /** The open assignment was submitted, given back, declined, or taken away. */
  finished(submitted = false): void {
    const { view } = this.#state;
    if (view.kind !== "editing") return;
    this.#failures = 0;
    if (submitted && view.claim.feedback) {
      this.#settle();
      this.#show({ kind: "feedback", claim: view.claim });
      return;
    }
    this.#show({ kind: "asking", after: "photo" });
    void this.#ask();
  }

  /** He has read what was wrong. */
  goOn(): void {
    if (this.#state.view.kind !== "feedback") return;
    this.#show({ kind: "asking", after: "start" });
    void this.#ask();
  }

  /** Something changed on the server: work is available, or the socket came back after a gap. */
  hint(): void {
    if (this.#asking) this.#askAgain = true;
    else if (this.#idle()) this.#askAfter(this.ports.clock.random() * HINT_SPREAD);
  }

  /** The page is looked at again, or a person pressed "try again". */
  wake(): void {
    if (!this.#asking && this.#idle()) this.#askAfter(0);
  }

  signedOut(): void {
    this.#settle();
    this.#update({ signedOut: true });
  }

  signedIn(): void {
    if (!this.#state.signedOut) return;
    this.#update({ signedOut: false });
    if (this.#idle() || this.#state.view.kind === "asking") this.#askAfter(0);
  }

  rightsEnded(message: string): void {
    this.#settle();
    this.#show({ kind: "ended", message });
  }

  /** What should open cannot be shown; asking again answers the same claim. */
  broken(message: string): void {
    this.#settle();
    this.#retryAfterTrouble(message);
  }

  /** Cancels the timer and whatever answer is under way. */
  #settle(): void {
    this.#cancelTimer();
    this.#round += 1;
    this.#asking = false;
    this.#askAgain = false;
  }

  /** Whether the next photo should open by itself. */
  #idle(): boolean {
    const { view, signedOut } = this.#state;
    return !signedOut && (view.kind === "waiting" || view.kind === "trouble");
  }

  #askAfter(delay: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.ports.clock.after(delay, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    this.#settle();
    const round = this.#round;
    this.#asking = true;
    try {
      const answer = await this.ports.claim();
      if (round === this.#round) this.#answered(answer);
    } catch (error) {
      if (round === this.#round) this.#failed(error);
    }
  }

  #answered(answer: ClaimAnswer): void {
    this.#asking = false;
    if ("claim" in answer) {
      // Not yet a success: `broken` may follow.
      this.#show({ kind: "editing", claim: answer.claim });
      return;
    }
    this.#failures = 0;
    const again = this.#askAgain;
    this.#show({ kind: "waiting", nothing: answer.nothing });
    const { clock } = this.ports;
    this.#askAfter(again ? clock.random() * HINT_SPREAD : this.#patience(answer.nothing));
  }

  #patience({ until }: Nothing): number {
    const { clock } = this.ports;
    const poll = SLOW_POLL * (0.9 + clock.random() / 5);
    if (!until) return poll;
    const left = until.getTime() - clock.now() + clock.random() * HINT_SPREAD;
    return left > 0 ? Math.min(left, poll) : poll;
  }

  #failed(error: unknown): void {
    this.#asking = false;
    if (error instanceof ApiError && error.status === 401) {
      this.signedOut();
    } else if (error instanceof ApiError && error.status === 403) {
      this.rightsEnded(error.message);
    } else {
      this.#retryAfterTrouble(error instanceof Error ? error.message : String(error));
    }
  }

  #retryAfterTrouble(message: string): void {
    const longest = Math.min(SLOW_POLL, FIRST_RETRY * 2 ** this.#failures);
    this.#failures += 1;
    this.#show({ kind: "trouble", message });
    this.#askAfter(longest * (0.5 + this.ports.clock.random() / 2));
  }

  #show(view: View): void {
    this.#update({ view });
  }

  #update(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.ports.changed(this.#state);
  }
}
