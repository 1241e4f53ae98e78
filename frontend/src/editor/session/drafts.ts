import type { Clock } from "../../shared/clock";
import type { Disposer } from "../disposer";
import { failureOf, TransportError, type Failure, type OtherDraft } from "../transport/errors";
import type { LocalDraft, LocalStore } from "./local-store";

/**
 * `saved`: this device and the server have everything. `saving`: a change is on its way. `local`: the server
 * cannot be reached, this device has everything. `failed`: neither has.
 */
export type SavingState = "saved" | "saving" | "local" | "failed";

export interface DraftPorts {
  readonly claim: string;
  readonly task?: string;
  readonly person?: string;
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
  /** `base`: the server's draft this one goes on from, 0 without one; `keepReplaced`: it is another window's, to be kept. */
  sendDraft(seq: number, png: Uint8Array<ArrayBuffer>, base: number, keepReplaced: boolean): Promise<void>;
  /** What the server holds now. */
  serverDraft(): Promise<{ readonly seq: number; readonly png: Uint8Array<ArrayBuffer> } | null>;
  onState(state: SavingState): void;
  /** The server refused for a reason that saving again cannot cure (`signed_out`, `lease_lost`, `gone`), or because another
   * window saved something else meanwhile (`stale_draft`: the person decides which of the two stays). */
  onRefused(failure: Failure, other: OtherDraft | null): void;
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
 * on `flush`. Saves never overlap; each saved content has a sequence number of its own and names the server's draft it
 * goes on from, so that what another window has saved meanwhile is never overwritten without a word.
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
  #base: number;
  #lastSent: Uint8Array<ArrayBuffer> | null = null;
  /** The next save takes the place of another window's draft, which the person may want back. */
  #keepReplaced = false;

  /** `base`: the server's draft the document goes on from. `seq`: the greatest number seen so far; `onServer`: whether the server has what the editor shows. */
  constructor(
    readonly ports: DraftPorts,
    seq: number,
    onServer: boolean,
    base = 0,
  ) {
    this.#seq = seq;
    this.#base = base;
    this.#onDevice = ports.revision();
    this.#onServer = onServer ? ports.revision() : -1;
    if (!onServer) this.changed();
  }

  /** The server's draft the document goes on from. */
  get base(): number {
    return this.#base;
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

  /** The document as it is now, encoded once for drafts and answer. */
  async png(): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#pack()).png;
  }

  /**
   * Before an answer is sent, which has all that is painted: saves it here, and waits for what is on its way to the
   * server, which would look like another window's draft.
   */
  async settle(): Promise<void> {
    this.#clearTimers();
    await this.#inTurn(() => this.#saveLocal());
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

  /** After `stale_draft`: this window's document stays, the other window's draft goes. */
  async keepMine(): Promise<void> {
    const theirs = await this.ports.serverDraft();
    this.#base = theirs?.seq ?? 0;
    this.#seq = Math.max(this.#seq, this.#base);
    this.#packed = null;
    this.#keepReplaced = theirs !== null;
    // Also when nothing was painted since: what is here has to take the other's place.
    this.#onServer = -1;
    await this.resume();
  }

  /** Another window has saved: nothing goes to the server until the person has chosen. */
  hold(): void {
    this.#serverRefuses = true;
    this.#serverTimer?.();
    this.#serverTimer = null;
  }

  /** No more saving; with `forget` this device's copy goes (only after the server's acknowledgement). */
  async end(forget: boolean): Promise<void> {
    this.#ended = true;
    this.#clearTimers();
    await this.#queue;
    if (!forget) return;
    const { store, claim, task = "", person = "" } = this.ports;
    await store.delete(claim);
    // Copies of earlier claims, whose time ran out: they are part of what was sent.
    await store.deleteTask(task, person);
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
      // This device's copy then says that the server has it, too.
      if (ports.revision() === revision) await ports.store.put(this.#record(this.#base, png, true)).catch(() => undefined);
      if (this.pending) this.changed();
      else ports.onState("saved");
    } catch (error) {
      ports.onState(this.#onDevice === ports.revision() ? "local" : "failed");
      const failure = failureOf(error);
      if (failure === "signed_out" || failure === "lease_lost" || failure === "gone" || failure === "stale_draft") {
        this.#serverRefuses = true;
        ports.onRefused(failure, error instanceof TransportError ? error.draft : null);
        return;
      }
      this.#delay = Math.min(LONGEST_DELAY, this.#delay * 2);
      this.#planServer();
    }
  }

  async #send(seq: number, png: Uint8Array<ArrayBuffer>, revision: number): Promise<void> {
    const before = this.#lastSent;
    this.#lastSent = png;
    try {
      await this.ports.sendDraft(seq, png, this.#base, this.#keepReplaced);
      this.#base = seq;
      this.#keepReplaced = false;
    } catch (error) {
      if (failureOf(error) !== "stale_draft") throw error;
      const theirs = await this.ports.serverDraft();
      // Our own, whose acknowledgement was lost, is no other window's.
      if (theirs !== null && ![before, png].some((mine) => mine !== null && same(mine, theirs.png))) throw error;
      this.#base = theirs?.seq ?? 0;
      this.#seq = Math.max(this.#seq, this.#base) + 1;
      this.#packed = { revision, seq: this.#seq, png };
      await this.ports.sendDraft(this.#seq, png, this.#base, false);
      this.#base = this.#seq;
    }
  }

  #record(seq: number, bytes: Uint8Array<ArrayBuffer>, packed: boolean): LocalDraft {
    const { claim, task = "", person = "", width, height, idempotencyKey, clock } = this.ports;
    return { claim, task, person, seq, base: this.#base, savedAt: clock.now(), width, height, bytes, packed, idempotencyKey };
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** Which draft to open: the newer of this device's and the server's; null when there is none that fits. */
export function newerDraft(
  local: LocalDraft | null,
  server: { readonly seq: number } | null,
  size: { readonly width: number; readonly height: number },
): "local" | "server" | null {
  const fits = local !== null && local.width === size.width && local.height === size.height;
  // What the server never got and does not go on from its draft is for the person to decide about: it is shown.
  const unsent = fits && local.base !== undefined && local.seq > local.base;
  if (fits && (server === null || local.seq > server.seq || (unsent && local.base !== server.seq))) return "local";
  return server === null ? null : "server";
}
