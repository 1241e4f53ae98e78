import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../../shared/clock.fake";
import { TransportError, type Failure } from "../transport/errors";
import { DraftKeeper, newerDraft, type SavingState } from "./drafts";
import { MemoryStore, type LocalDraft } from "./local-store";

const fail = (failure: Failure): TransportError => new TransportError(failure, failure);

class Bench {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  readonly states: SavingState[] = [];
  readonly refused: Failure[] = [];
  readonly sent: [seq: number, content: number][] = [];
  /** Of each draft sent, whether the one before is to be kept. */
  readonly kept: boolean[] = [];
  revision = 0;
  serverSeq = 0;
  serverPng: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The next save arrives, but its acknowledgement does not. */
  loseReply = false;
  /** What the server answers next; then it accepts. */
  answers: TransportError[] = [];
  whileSending: (() => void) | null = null;
  readonly keeper: DraftKeeper;

  /** A large photo unless said otherwise: one whose changes wait a moment before they are kept here. */
  constructor(seq = 0, onServer = true, width = 4096, height = 4096) {
    this.keeper = new DraftKeeper(
      {
        claim: "c1", width, height, idempotencyKey: "key", clock: this.clock, store: this.store,
        revision: () => this.revision,
        raw: () => Uint8Array.from([this.revision, 99]),
        encode: async () => Uint8Array.from([this.revision]),
        sendDraft: async (seq, png, base, keepReplaced) => {
          this.whileSending?.();
          const error = this.answers.shift();
          if (error !== undefined) throw error;
          if (seq <= this.serverSeq || base !== this.serverSeq) throw fail("stale_draft");
          [this.serverSeq, this.serverPng] = [seq, png];
          this.sent.push([seq, png[0]]);
          this.kept.push(keepReplaced);
          if (this.loseReply) {
            this.loseReply = false;
            throw fail("network");
          }
        },
        serverDraft: async () => (this.serverSeq === 0 ? null : { seq: this.serverSeq, png: this.serverPng }),
        onState: (state) => this.states.push(state),
        onRefused: (failure) => this.refused.push(failure),
      },
      seq,
      onServer,
    );
  }

  paint(): void {
    this.revision++;
    this.keeper.changed();
  }

  get state(): SavingState | undefined {
    return this.states.at(-1);
  }

  get local(): LocalDraft | undefined {
    return this.store.drafts.get("c1");
  }
}

describe("DraftKeeper", () => {
  let bench: Bench;
  beforeEach(() => (bench = new Bench()));

  it("keeps each change of an ordinary photo here at once, unpacked", async () => {
    const small = new Bench(0, true, 2, 1);
    small.paint();
    await settle();
    expect(small.local).toMatchObject({ seq: 1, bytes: Uint8Array.from([1, 99]), packed: false });
    small.paint();
    await settle();
    expect(small.local).toMatchObject({ seq: 2, bytes: Uint8Array.from([2, 99]) });
    await small.clock.pass(10_000);
    expect(small.sent).toEqual([[3, 2]]);
    expect(small.state).toBe("saved");
  });

  it("keeps a change of a large photo here after a second and on the server after ten", async () => {
    bench.paint();
    expect(bench.state).toBe("saving");
    await bench.clock.pass(1_000);
    expect(bench.local).toMatchObject({ seq: 1, bytes: Uint8Array.from([1]), packed: true, idempotencyKey: "key" });
    await bench.clock.pass(8_000);
    expect(bench.sent).toEqual([]);
    await bench.clock.pass(1_000);
    expect(bench.sent).toEqual([[1, 1]]);
    expect(bench.state).toBe("saved");
  });

  it("sends the last of many changes, and nothing when nothing changed", async () => {
    for (let stroke = 0; stroke < 40; stroke++) {
      bench.paint();
      await bench.clock.pass(200);
    }
    await bench.clock.pass(30_000);
    expect(bench.sent.map(([, content]) => content)).toEqual([40]);
    await bench.keeper.flush();
    await bench.clock.pass(60_000);
    expect(bench.sent).toHaveLength(1);
  });

  it("keeps nothing of an assignment nobody has touched", async () => {
    await bench.keeper.flush();
    bench.keeper.hidden();
    await bench.clock.pass(60_000);
    expect([bench.sent, bench.local]).toEqual([[], undefined]);
  });

  it("flushes at once, here and there", async () => {
    bench.paint();
    await bench.keeper.flush();
    expect([bench.sent, bench.local?.seq, bench.state]).toEqual([[[1, 1]], 1, "saved"]);
  });

  it("goes on when something is painted while the save is on its way", async () => {
    bench.paint();
    bench.whileSending = () => {
      bench.whileSending = null;
      bench.paint();
    };
    await bench.keeper.flush();
    expect([bench.sent, bench.state]).toEqual([[[1, 1]], "saving"]);
    await bench.clock.pass(10_000);
    expect(bench.sent.at(-1)?.[1]).toBe(2);
    expect(bench.state).toBe("saved");
  });

  it("keeps raw indices when the page closes, with a number of their own", async () => {
    bench.paint();
    bench.keeper.hidden();
    await settle();
    expect(bench.local).toMatchObject({ seq: 1, packed: false, bytes: Uint8Array.from([1, 99]) });
  });

  it("says that this device has it when the network is gone, and saves with growing waits until it is back", async () => {
    bench.answers = [fail("network"), fail("server"), fail("network")];
    bench.paint();
    await bench.clock.pass(10_000);
    expect(bench.state).toBe("local");
    await bench.clock.pass(20_000 + 40_000);
    expect(bench.sent).toEqual([]);
    await bench.clock.pass(60_000);
    expect([bench.sent, bench.state]).toEqual([[[1, 1]], "saved"]);
  });

  it("says so when neither this device nor the server takes it", async () => {
    bench.store.put = () => Promise.reject(new Error("quota"));
    bench.answers = [fail("network")];
    bench.paint();
    await bench.clock.pass(10_000);
    expect(bench.state).toBe("failed");
  });

  it("stops asking when signed out, keeps saving here, and goes on after signing in", async () => {
    bench.answers = [fail("signed_out")];
    bench.paint();
    await bench.clock.pass(10_000);
    expect(bench.refused).toEqual(["signed_out"]);
    bench.paint();
    await bench.clock.pass(120_000);
    expect([bench.sent, bench.local?.bytes[0], bench.state]).toEqual([[], 2, "local"]);
    await bench.keeper.resume();
    expect([bench.sent.map(([, content]) => content), bench.state]).toEqual([[2], "saved"]);
  });

  it("never overwrites what another window saved: it stops and says so, until one of the two is chosen", async () => {
    bench.paint();
    await bench.keeper.flush();
    [bench.serverSeq, bench.serverPng] = [41, Uint8Array.from([77])]; // the other window
    bench.paint();
    await bench.keeper.flush();
    bench.paint();
    await bench.clock.pass(60_000);
    expect([bench.serverSeq, bench.serverPng[0]]).toEqual([41, 77]);
    expect(bench.refused).toEqual(["stale_draft"]);
    expect(bench.state).toBe("local");
    expect(bench.local?.bytes).toEqual(Uint8Array.from([3]));
    await bench.keeper.keepMine();
    expect(bench.sent.at(-1)).toEqual([42, 3]);
    expect(bench.state).toBe("saved");
    // What the other window saved is kept; a later save takes the place of this window's own.
    bench.paint();
    await bench.keeper.flush();
    expect(bench.kept.slice(-2)).toEqual([true, false]);
  });

  it("notices another window's draft although its own number is greater", async () => {
    for (let stroke = 0; stroke < 9; stroke++) {
      bench.paint();
      bench.keeper.hidden();
    }
    [bench.serverSeq, bench.serverPng] = [2, Uint8Array.from([77])];
    await bench.keeper.flush();
    expect([bench.serverSeq, bench.refused]).toEqual([2, ["stale_draft"]]);
  });

  it("takes a draft of its own whose acknowledgement was lost for its own", async () => {
    bench.paint();
    bench.loseReply = true;
    await bench.keeper.flush();
    bench.paint();
    await bench.keeper.flush();
    expect(bench.sent.map(([, content]) => content)).toEqual([1, 2]);
    expect([bench.refused, bench.state]).toEqual([[], "saved"]);
  });

  it("sends a draft restored from this device without a further change", async () => {
    const restored = new Bench(7, false);
    await restored.clock.pass(10_000);
    expect(restored.sent).toEqual([[8, 0]]);
  });

  it("forgets this device's copy only when told to, and saves nothing after its end", async () => {
    bench.paint();
    await bench.keeper.flush();
    await bench.keeper.end(false);
    expect(bench.local).toBeDefined();
    bench.paint();
    await bench.clock.pass(60_000);
    await bench.keeper.flush();
    expect(bench.sent).toHaveLength(1);
    await bench.keeper.end(true);
    expect(bench.local).toBeUndefined();
  });
});

describe("newerDraft", () => {
  const local: LocalDraft = { claim: "c", seq: 5, savedAt: 0, width: 4, height: 3, bytes: new Uint8Array(1), packed: true, idempotencyKey: "k" };
  const size = { width: 4, height: 3 };

  it.each([
    [null, null, null],
    [null, { seq: 1 }, "server"],
    [local, null, "local"],
    [local, { seq: 4 }, "local"],
    [local, { seq: 5 }, "server"],
    [local, { seq: 9 }, "server"],
    [{ ...local, base: 5 }, { seq: 9 }, "server"],
    [{ ...local, base: 4 }, { seq: 9 }, "local"],
    [{ ...local, base: 4 }, { seq: 4 }, "local"],
    [{ ...local, width: 5 }, null, null],
    [{ ...local, width: 5 }, { seq: 1 }, "server"],
  ] as const)("chooses (case %#)", (mine, theirs, expected) => expect(newerDraft(mine, theirs, size)).toBe(expected));
});
