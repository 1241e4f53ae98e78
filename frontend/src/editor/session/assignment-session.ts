import { signal } from "@preact/signals-core";
import type { Clock } from "../../shared/clock";
import { person } from "../../shared/kept";
import { windowName } from "../../shared/window-name";
import type { Disposer } from "../disposer";
import { TransportError, type Failure, type FieldError, type OtherDraft } from "../transport/errors";
import { retrying, sleepOrOnline, type RetryOptions } from "../transport/retry";
import type { Answer, Assignment, ChoiceContent, Receipt, Transport, VerdictContent } from "../transport/transport";
import { ActivityMeter } from "./activity";
import { DraftKeeper, type SavingState } from "./drafts";
import type { LocalStore } from "./local-store";
import { PROBE_LIMIT, Reachability } from "./reachability";
import type { OpenWindows, WindowEvents } from "./windows";

/**
 * `working`; `sending` an answer (`waiting`: seconds until the next attempt); `sent`, acknowledged; `lost`: the
 * claim ended without us (`annotation`: a submit came late and was kept; `earlier`: another version of the answer
 * had arrived before, whose acknowledgement was lost; `gone`: the work itself was taken away, nothing can be sent
 * any more); `stopped`: the person left for now.
 */
export type Phase =
  | { readonly kind: "working" }
  | { readonly kind: "sending"; readonly waiting: number | null }
  | { readonly kind: "sent" }
  | { readonly kind: "lost"; readonly annotation: string | null; readonly earlier: boolean; readonly gone?: boolean }
  | { readonly kind: "stopped" };

/** What the person must be told about a refused call. */
export interface Problem {
  readonly message: string;
  readonly fields: readonly FieldError[];
}

export interface SessionPorts {
  readonly transport: Transport;
  readonly store: LocalStore;
  readonly clock: Clock;
  readonly size: { readonly width: number; readonly height: number };
  readonly idempotencyKey: string;
  revision(): number;
  raw(): Uint8Array<ArrayBuffer>;
  encode(): Promise<Uint8Array<ArrayBuffer>>;
  onSignedOut(): void;
  /** The other windows of this browser. */
  openWindows?(task: string, events: WindowEvents): Pick<OpenWindows, "saved" | "close">;
  readonly sleep?: NonNullable<RetryOptions["sleep"]>;
}

/** Of the other draft nothing is told. */
const UNKNOWN: OtherDraft = { seq: 0, saved_at: null, window: "", device: "" };

const HEARTBEAT = 20_000;
/** The last active seconds are worth this long a wait before an answer goes out. */
const LAST_HEARTBEAT_WAIT = 1_500;
const DRAFT_WAIT = 8_000;

/** One claim from opening to its end: clock, heartbeat, drafts and the answer. Knows no pixels and no DOM. */
export class AssignmentSession {
  readonly phase = signal<Phase>({ kind: "working" });
  readonly saving = signal<SavingState>("saved");
  /** The server answers; while it does not, what is painted is kept here and sent when it is back. */
  readonly reachable = signal(true);
  readonly signedOut = signal(false);
  /** Another window has saved something else of this image: nothing is saved or sent until one of the two is chosen. */
  readonly conflict = signal<OtherDraft | null>(null);
  /** Another window of this browser has the image open, too. */
  readonly elsewhere = signal(false);
  readonly problem = signal<Problem | null>(null);
  /** When the lease ends, in the clock's milliseconds. */
  readonly deadline = signal(0);
  /** The manager paused the job: the lease and its clock stand still. */
  readonly paused = signal(false);
  /** The manager stopped the job: what is not sent before the deadline does not count. */
  readonly stopping = signal(false);
  /** The task changed since the claim (instructions, time); told, not applied. */
  readonly revision = signal(0);
  readonly drafts: DraftKeeper;
  readonly #activity = new ActivityMeter();
  #assignment: Assignment;
  readonly #reach: Reachability;
  readonly #windows: Pick<OpenWindows, "saved" | "close"> | null;
  readonly #transport: Transport;
  /** What the drafts say of themselves, whatever the network is like. */
  #saving: SavingState = "saved";
  /** Ends waits for the next attempt: the server can be reached again. */
  #wake = new AbortController();
  #timer: Disposer = () => undefined;
  #giveUp: AbortController | null = null;
  #beating = false;

  constructor(
    assignment: Assignment,
    readonly ports: SessionPorts,
    draft: { readonly seq: number; readonly onServer: boolean; readonly base?: number },
  ) {
    this.#assignment = assignment;
    this.#takeClock(assignment);
    const { transport, store, clock, size, idempotencyKey } = ports;
    this.#transport = transport;
    this.#reach = new Reachability({
      clock,
      probe: async () => this.#takeClock(await transport.heartbeat(this.#assignment, 0, PROBE_LIMIT)),
      changed: (reachable) => this.#reached(reachable),
    });
    this.drafts = new DraftKeeper(
      {
        claim: assignment.id,
        task: assignment.task.id,
        person: person(),
        ...size,
        idempotencyKey,
        clock,
        store,
        revision: () => ports.revision(),
        raw: () => ports.raw(),
        encode: () => ports.encode(),
        sendDraft: async (seq, png, base, keepReplaced) => {
          await this.#reach.watch(transport.saveDraft(this.#assignment, { seq, png, base, keepReplaced }));
          this.#windows?.saved(seq);
        },
        serverDraft: () => this.#reach.watch(transport.loadDraft(this.#assignment)),
        onState: (state) => {
          this.#saving = state;
          this.#showSaving();
        },
        onRefused: (failure, other) => this.#refused(failure, null, other),
      },
      draft.seq,
      draft.onServer,
      draft.base ?? assignment.draft?.seq ?? 0,
    );
    this.#windows = ports.openWindows?.(assignment.task.id, {
      elsewhere: (open) => (this.elsewhere.value = open),
      saved: (seq) => this.#savedElsewhere(seq),
    }) ?? null;
    this.#plan();
  }

  get assignment(): Assignment {
    return this.#assignment;
  }

  /** The same claim again, asked for anew: time, pause and token are taken over; a stopped session goes on. */
  update(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#takeClock(assignment);
    if (this.phase.value.kind === "stopped" || this.phase.value.kind === "lost") this.phase.value = { kind: "working" };
    this.signedOut.value = false;
    this.#plan();
    void this.drafts.resume();
  }

  /** After `stop`: back to work. */
  async resume(): Promise<void> {
    if (this.phase.value.kind !== "stopped") return;
    this.phase.value = { kind: "working" };
    this.#plan();
    await this.refresh();
  }

  /** What was painted here stays; the other window's draft is kept as a version. */
  async keepMine(): Promise<void> {
    const before = this.conflict.value;
    this.conflict.value = null;
    try {
      await this.drafts.keepMine();
    } catch (error) {
      this.conflict.value ??= before;
      this.#failed(error);
    }
  }

  /**
   * What was painted here is kept as a version and gives way; the page is to be opened anew with the other window's draft.
   * Answers whether that may be done: nothing goes before it is kept.
   */
  async takeTheirs(): Promise<boolean> {
    try {
      if (this.drafts.pending) await this.#transport.keepVersion(this.#assignment, await this.ports.encode());
      await this.drafts.end(true);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Another window of this browser says that the server has its draft now. */
  #savedElsewhere(seq: number): void {
    const { kind } = this.phase.value;
    if (seq <= this.drafts.base || (kind !== "working" && kind !== "stopped")) return;
    this.drafts.hold();
    const now = new Date(this.ports.clock.now()).toISOString();
    this.conflict.value ??= { seq, saved_at: now, window: windowName(), device: "" };
  }

  /** The browser says that the network is gone. */
  offline(): void {
    this.#reach.lost();
  }

  /** The page's own connection to the server broke, or came back: asks whether the server can be reached. */
  suspect(): void {
    const { kind } = this.phase.value;
    if (kind === "working" || kind === "sending") this.#reach.suspect();
  }

  #reached(reachable: boolean): void {
    this.reachable.value = reachable;
    this.#showSaving();
    if (!reachable) return;
    this.#wake.abort();
    this.#wake = new AbortController();
    if (this.phase.value.kind === "working" && !this.signedOut.value && this.conflict.value === null) void this.drafts.resume();
  }

  #showSaving(): void {
    const hidden = !this.reachable.value && this.#saving !== "failed";
    this.saving.value = hidden ? "local" : this.#saving;
  }

  /** A sign of the person at work. */
  input(): void {
    this.#activity.input(this.ports.clock.now());
  }

  /** Asks the server now: after a hint, after signing in again, when the network is back. */
  async refresh(): Promise<void> {
    this.signedOut.value = false;
    await this.#beat();
    const goesOn = !this.signedOut.value && this.phase.value.kind !== "lost" && this.conflict.value === null;
    if (goesOn) await this.drafts.resume();
  }

  /** Sends an answer until it is acknowledged, refused for good, or `cancelSending` is called. */
  async send(kind: "mask" | "empty" | "impossible", reason = ""): Promise<Receipt | null> {
    return this.#send(async () => {
      if (kind === "mask") return { kind, png: await this.drafts.png() };
      return kind === "empty" ? { kind } : { kind, reason };
    });
  }

  /** A reviewer's verdict, sent like any answer. */
  async sendVerdict(content: VerdictContent): Promise<Receipt | null> {
    return this.#send(async () => Promise.resolve({ kind: "review", content }));
  }

  /** What is said of an earlier mask. */
  async sendChoice(content: ChoiceContent): Promise<Receipt | null> {
    return this.#send(async () => Promise.resolve({ kind: "choice", content }));
  }

  /** What a task template's form submitted, sent like any answer. */
  async sendForm(content: Readonly<Record<string, unknown>>): Promise<Receipt | null> {
    return this.#send(async () => Promise.resolve({ kind: "crowd", content }));
  }

  async #send(make: () => Promise<Answer>): Promise<Receipt | null> {
    if (this.phase.value.kind === "sending" || this.phase.value.kind === "sent") return null;
    const before = this.phase.value;
    const giveUp = new AbortController();
    this.#giveUp = giveUp;
    this.problem.value = null;
    this.phase.value = { kind: "sending", waiting: null };
    try {
      // While the mask is encoded.
      const beat = Promise.race([this.#beat(true), this.#after(LAST_HEARTBEAT_WAIT)]);
      const answer = await make();
      await beat;
      // A draft that is still on its way would be taken for another window's.
      await Promise.race([this.drafts.settle(), this.#after(DRAFT_WAIT)]);
      if (this.conflict.value !== null) {
        this.phase.value = before;
        return null;
      }
      this.phase.value = { kind: "sending", waiting: null };
      const receipt = await retrying(
        () => this.#submit(answer),
        {
          signal: giveUp.signal,
          sleep: this.ports.sleep ?? ((seconds, signal) => sleepOrOnline(seconds, AbortSignal.any([signal, this.#wake.signal]))),
          onWait: (_error, seconds) => (this.phase.value = { kind: "sending", waiting: seconds }),
        },
      );
      await this.#end({ kind: "sent" }, true);
      return receipt;
    } catch (error) {
      this.phase.value = before;
      if (!giveUp.signal.aborted) this.#failed(error);
      // What was painted is not with the server yet.
      if (this.drafts.pending) this.drafts.changed();
      return null;
    } finally {
      this.#giveUp = null;
    }
  }

  #after(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.ports.clock.after(milliseconds, resolve));
  }

  /** A draft of ours that arrived on the way is no other window's: once more, with that one as the base. */
  async #submit(answer: Answer): Promise<Receipt> {
    const { base } = this.drafts;
    const send = (): Promise<Receipt> =>
      this.#reach.watch(this.#transport.submit(this.#assignment, answer, this.ports.idempotencyKey, this.drafts.base));
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof TransportError) || error.failure !== "stale_draft") throw error;
      await this.drafts.flush();
      if (this.drafts.base === base) throw error;
      return send();
    }
  }

  /** Back to work; what was sent may still arrive, and a later submit is the same one to the server. */
  cancelSending(): void {
    this.#giveUp?.abort();
  }

  /** Gives the assignment back to the queue. Answers whether the server agreed. */
  async release(): Promise<boolean> {
    return this.#leave(() => this.ports.transport.release(this.#assignment));
  }

  async decline(reason: string): Promise<boolean> {
    return this.#leave(() => this.ports.transport.decline(this.#assignment, reason));
  }

  /**
   * Stop and resume later: saves, and has the place kept for this person. While what was painted is in this browser
   * only, or the server cannot be reached, the claim stays with him instead until its time runs out.
   */
  async stop(): Promise<void> {
    await Promise.all([this.drafts.flush(), this.#beat(true)]);
    this.#timer();
    if (this.phase.value.kind === "working" && !this.drafts.pending) {
      const held = await this.ports.transport.release(this.#assignment, true).then(() => true, () => false);
      if (held) await this.drafts.end(true).catch(() => undefined);
    }
    if (this.phase.value.kind === "working") this.phase.value = { kind: "stopped" };
  }

  /** The server said that the claim ended. */
  lost(annotation: string | null = null, earlier = false): void {
    if (this.phase.value.kind === "sent") return;
    this.#timer();
    this.phase.value = { kind: "lost", annotation, earlier };
  }

  /** The server knows of no such claim of ours any more. */
  #gone(): void {
    this.lost();
    if (this.phase.value.kind === "lost") this.phase.value = { ...this.phase.value, gone: true };
  }

  dispose(): void {
    this.#timer();
    this.#reach.end();
    this.#windows?.close();
    this.#giveUp?.abort();
    void this.drafts.end(false);
  }

  async #leave(call: () => Promise<void>): Promise<boolean> {
    this.problem.value = null;
    try {
      await this.drafts.flush();
      await call();
      await this.#end({ kind: "sent" }, !this.drafts.pending);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  async #end(phase: Phase, forget: boolean): Promise<void> {
    this.#timer();
    this.#reach.end();
    this.#windows?.close();
    this.phase.value = phase;
    await this.drafts.end(forget).catch(() => undefined);
  }

  #plan(): void {
    this.#timer();
    this.#timer = this.ports.clock.after(HEARTBEAT, () => void this.#beat().finally(() => this.#plan()));
  }

  /** `last`: the answer itself will bring whatever is wrong to light. */
  async #beat(last = false): Promise<void> {
    if (this.#beating || this.signedOut.value || (!last && this.phase.value.kind !== "working")) return;
    this.#beating = true;
    const seconds = this.#activity.take(this.ports.clock.now());
    try {
      this.#takeClock(await this.#reach.watch(this.#transport.heartbeat(this.#assignment, seconds)));
    } catch (error) {
      this.#activity.giveBack(seconds);
      if (!last && error instanceof TransportError) this.#refused(error.failure, error.annotation);
    } finally {
      this.#beating = false;
    }
  }

  #takeClock(clock: Pick<Assignment, "seconds_left" | "paused" | "stopping" | "revision">): void {
    this.deadline.value = this.ports.clock.now() + clock.seconds_left * 1000;
    this.paused.value = clock.paused;
    this.stopping.value = clock.stopping ?? false;
    this.revision.value = clock.revision;
  }

  #refused(failure: Failure, annotation: string | null, other: OtherDraft | null = null): void {
    if (failure === "signed_out" && !this.signedOut.value) {
      this.signedOut.value = true;
      this.ports.onSignedOut();
    } else if (failure === "lease_lost" && this.phase.value.kind !== "lost") {
      this.lost(annotation);
    } else if (failure === "gone") {
      this.#gone();
    } else if (failure === "stale_draft") {
      this.conflict.value = other ?? UNKNOWN;
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof TransportError)) {
      this.problem.value = { message: String(error), fields: [] };
    } else if (error.failure === "signed_out") {
      this.#refused("signed_out", null);
    } else if (error.failure === "lease_lost") {
      this.lost(error.annotation);
    } else if (error.failure === "gone") {
      this.#gone();
    } else if (error.failure === "stale_draft") {
      this.conflict.value = error.draft ?? UNKNOWN;
    } else if (error.code === "idempotency_key_reused") {
      this.lost(null, true);
    } else {
      this.problem.value = { message: error.message, fields: error.fields };
    }
  }
}
