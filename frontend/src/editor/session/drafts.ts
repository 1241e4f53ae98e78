import type { Clock } from "../../shared/clock";
import type { Disposer } from "../disposer";
import { failureOf, type Failure } from "../transport/errors";
import type { LocalDraft, LocalStore } from "./local-store";

/**
 * `saved`: this device and the server have everything. `saving`: a change is on its way. `local`: the server
 * cannot be reached, this device has everything. `failed`: neither has.
 */
export type SavingState = "saved" | "saving" | "local" | "failed";

export interface DraftPorts {
  readonly claim: string;
  readonly width: number;
  readonly height: number;
  readonly idempotencyKey: string;
  readonly clock: Clock;
  readonly store: LocalStore;
  /** The document's revision: what is saved is a revision. */
  revision(): number;
  /** A copy of the indices. */
  raw(): Uint8Array<ArrayBuffer>;
  /** The document as PNG. */
  encode(): Promise<Uint8Array<ArrayBuffer>>;
  sendDraft(seq: number, png: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The sequence number the server holds now. */
  serverSeq(): Promise<number>;
  onState(state: SavingState): void;
  /** The server refused for a reason that saving again cannot cure (`signed_out`, `lease_lost`, `gone`). */
  onRefused(failure: Failure): void;
}

const LOCAL_DELAY = 1_000;
/** Up to so many pixels a change goes to the device's storage at once, unpacked: a few milliseconds, and nothing to lose. */
const AT_ONCE_PIXELS = 4_194_304;
const SERVER_DELAY = 10_000;
const LONGEST_DELAY = 60_000;

interface Packed {
  readonly revision: number;
  readonly seq: number;
  readonly png: Uint8Array<ArrayBuffer>;
}

/**
 * Keeps the draft: on this device at once (a large photo's a second after a change), on the server ten seconds after it, both at once
 * on `flush`. Saves never overlap; each saved content has a sequence number of its own, and a draft another
 * window has sent meanwhile is passed over: who paints last, saves last.
 */
export class DraftKeeper {
  #seq: number;
  #onServer: number;
  #onDevice: number;
  #packed: Packed | null = null;
  #localTimer: Disposer | null = null;
  #serverTimer: Disposer | null = null;
  #delay = SERVER_DELAY;
  #queue: Promise<unknown> = Promise.resolve();
  #ended = false;
  #serverRefuses = false;

  /** `seq`: the greatest number seen so far; `onServer`: whether the server has what the editor shows. */
  constructor(
    readonly ports: DraftPorts,
    seq: number,
    onServer: boolean,
  ) {
    this.#seq = seq;
    this.#onDevice = ports.revision();
    this.#onServer = onServer ? ports.revision() : -1;
    if (!onServer) this.changed();
  }

  /** Whether the server lacks something. */
  get pending(): boolean {
    return this.#onServer !== this.ports.revision();
  }

  /** The document changed. */
  changed(): void {
    if (this.#ended) return;
    this.ports.onState(this.#serverRefuses ? "local" : "saving");
    if (this.ports.width * this.ports.height <= AT_ONCE_PIXELS) {
      this.hidden();
    } else {
      this.#localTimer ??= this.ports.clock.after(LOCAL_DELAY, () => {
        this.#localTimer = null;
        void this.#inTurn(() => this.#saveLocal());
      });
    }
    this.#planServer();
  }

  /** Saves now, here and on the server. Resolves when both were tried. */
  async flush(): Promise<void> {
    if (this.#ended) return;
    this.#clearTimers();
    await this.#inTurn(async () => {
      await this.#saveLocal();
      await this.#saveServer();
    });
  }

  /** The page may be gone in a moment: hands the raw indices to the device's storage without a wait. */
  hidden(): void {
    if (this.#ended || this.ports.revision() === this.#onDevice) return;
    const seq = ++this.#seq;
    this.#onDevice = this.ports.revision();
    this.ports.store.put(this.#record(seq, this.ports.raw(), false)).catch(() => (this.#onDevice = -1));
  }

  /** Signed in again, or back online: try what was refused. */
  async resume(): Promise<void> {
    this.#serverRefuses = false;
    this.#delay = SERVER_DELAY;
    if (this.pending) await this.flush();
  }

  /** No more saving; with `forget` this device's copy goes (only after the server's acknowledgement). */
  async end(forget: boolean): Promise<void> {
    this.#ended = true;
    this.#clearTimers();
    await this.#queue;
    if (forget) await this.ports.store.delete(this.ports.claim);
  }

  #planServer(): void {
    if (this.#serverRefuses || this.#ended) return;
    this.#serverTimer ??= this.ports.clock.after(this.#delay, () => {
      this.#serverTimer = null;
      void this.#inTurn(() => this.#saveServer());
    });
  }

  #clearTimers(): void {
    this.#localTimer?.();
    this.#serverTimer?.();
    this.#localTimer = this.#serverTimer = null;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #pack(): Promise<Packed> {
    const revision = this.ports.revision();
    if (this.#packed?.revision === revision) return this.#packed;
    const png = await this.ports.encode();
    this.#packed = { revision, seq: ++this.#seq, png };
    return this.#packed;
  }

  async #saveLocal(): Promise<void> {
    if (this.ports.revision() === this.#onDevice) return;
    try {
      const { revision, seq, png } = await this.#pack();
      await this.ports.store.put(this.#record(seq, png, true));
      this.#onDevice = revision;
    } catch {
      this.#onDevice = -1;
      if (this.pending && this.#serverTimer === null) this.ports.onState("failed");
    }
  }

  async #saveServer(): Promise<void> {
    if (!this.pending || this.#serverRefuses || this.#ended) return;
    const { ports } = this;
    try {
      const { revision, seq, png } = await this.#pack();
      await this.#send(seq, png, revision);
      this.#onServer = revision;
      this.#delay = SERVER_DELAY;
      if (this.pending) this.changed();
      else ports.onState("saved");
    } catch (error) {
      ports.onState(this.#onDevice === ports.revision() ? "local" : "failed");
      const failure = failureOf(error);
      if (failure === "signed_out" || failure === "lease_lost" || failure === "gone") {
        this.#serverRefuses = true;
        ports.onRefused(failure);
        return;
      }
      this.#delay = Math.min(LONGEST_DELAY, this.#delay * 2);
      this.#planServer();
    }
  }

  async #send(seq: number, png: Uint8Array<ArrayBuffer>, revision: number): Promise<void> {
    try {
      await this.ports.sendDraft(seq, png);
    } catch (error) {
      if (failureOf(error) !== "stale_draft") throw error;
      this.#seq = Math.max(this.#seq, await this.ports.serverSeq()) + 1;
      this.#packed = { revision, seq: this.#seq, png };
      await this.ports.sendDraft(this.#seq, png);
    }
  }

  #record(seq: number, bytes: Uint8Array<ArrayBuffer>, packed: boolean): LocalDraft {
    const { claim, width, height, idempotencyKey, clock } = this.ports;
    return { claim, seq, savedAt: clock.now(), width, height, bytes, packed, idempotencyKey };
  }
}

/** Which draft to open: the newer of this device's and the server's; null when there is none that fits. */
export function newerDraft(
  local: LocalDraft | null,
  server: { readonly seq: number } | null,
  size: { readonly width: number; readonly height: number },
): "local" | "server" | null {
  const fits = local !== null && local.width === size.width && local.height === size.height;
  if (fits && (server === null || local.seq > server.seq)) return "local";
  return server === null ? null : "server";
}
