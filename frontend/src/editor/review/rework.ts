import type { Disposer } from "../disposer";
import type { Assignment, PastVerdict, ReworkSheet } from "../transport/transport";
import { forgetPins, PinList } from "./pins";

/** A photo that came back to its labeler: what is wrong with it, place by place. */
export class Rework {
  readonly pins: PinList;
  /** The verdict that sent it back. */
  readonly verdict: PastVerdict | null;
  /** Verdicts of the rounds before, the newest first. */
  readonly earlier: readonly PastVerdict[];
  readonly dispose: Disposer;
  readonly #name: string;

  constructor(
    assignment: Assignment,
    readonly sheet: ReworkSheet,
  ) {
    const returns = sheet.history.filter(({ verdict }) => verdict === "return").reverse();
    this.verdict = returns.at(0) ?? null;
    this.earlier = returns.slice(1);
    this.#name = `rework:${assignment.task.id}:${sheet.round}`;
    this.pins = new PinList(this.verdict?.comments ?? []);
    this.dispose = this.pins.keep(this.#name);
  }

  get open(): number {
    return this.pins.pins.value.filter(({ done }) => !done).length;
  }

  /** Submitted: what this device kept goes. */
  done(): void {
    this.dispose();
    forgetPins(this.#name);
  }
}
