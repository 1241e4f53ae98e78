/** One sign of work counts for this long. */
const COUNTS_FOR = 30_000;

/** Seconds in which a person was at work: each input opens a window of 30 s, overlapping windows count once. */
export class ActivityMeter {
  #until = 0;
  #since = 0;
  #milliseconds = 0;

  /** An input at `now` (ms). */
  input(now: number): void {
    if (now > this.#until) {
      this.#settle(this.#until);
      this.#since = now;
    }
    this.#until = now + COUNTS_FOR;
  }

  /** The active seconds since the last `take`, up to `now`. */
  take(now: number): number {
    this.#settle(Math.min(now, this.#until));
    const seconds = this.#milliseconds / 1000;
    this.#milliseconds = 0;
    return seconds;
  }

  /** Puts seconds back that could not be reported. */
  giveBack(seconds: number): void {
    this.#milliseconds += seconds * 1000;
  }

  #settle(end: number): void {
    if (end > this.#since) {
      this.#milliseconds += end - this.#since;
      this.#since = end;
    }
  }
}
