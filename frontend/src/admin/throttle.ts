import type { Clock } from "../shared/clock";

/** Runs an action at most once per `pause` ms and never twice at a time; the last call always leads to a run. */
export class Throttle {
  #running = false;
  #wanted = false;
  #cancelled = false;
  #free = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(
    private readonly pause: number,
    private readonly clock: Clock,
    private readonly action: () => Promise<void>,
  ) {}

  call(): void {
    if (this.#wanted || this.#cancelled) return;
    this.#wanted = true;
    if (!this.#running) this.#plan();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#cancelTimer();
  }

  #plan(): void {
    this.#cancelTimer = this.clock.after(Math.max(0, this.#free - this.clock.now()), () => void this.#run());
  }

  async #run(): Promise<void> {
    this.#wanted = false;
    this.#running = true;
    this.#free = this.clock.now() + this.pause;
    await this.action();
    this.#running = false;
    if (this.#wanted && !this.#cancelled) this.#plan();
  }
}
