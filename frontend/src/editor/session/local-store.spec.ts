import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Assignment } from "../transport/transport";
import { MemoryStore, type LocalDraft } from "./local-store";
import { keptHere } from "./open";

const draft = (claim: string, person: string, savedAt: number): LocalDraft => ({
  claim, task: "t", person, seq: 5, base: 4, savedAt, width: 2, height: 1, bytes: new Uint8Array(2), packed: false, idempotencyKey: "old",
});
const claimed = (id: string, more: Partial<Assignment> = {}) => ({ id, task: { id: "t" }, ...more }) as Assignment;

describe("a draft kept on this device", () => {
  let store: MemoryStore;

  beforeEach(async () => {
    vi.stubGlobal("document", { querySelector: () => ({ content: "ada" }) });
    store = new MemoryStore();
    await store.put(draft("first", "ada", 1));
    await store.put(draft("second", "ada", 2));
    await store.put(draft("hers", "ben", 3));
    return () => vi.unstubAllGlobals();
  });

  it("is found again when its claim ran out offline and the same person got the image anew, with a key of its own", async () => {
    const found = await keptHere(claimed("third"), store);
    expect(found?.savedAt).toBe(2);
    expect(found?.idempotencyKey).not.toBe("old");
    expect((await keptHere(claimed("first"), store))?.idempotencyKey).toBe("old");
  });

  it("is nobody else's, and of no use in a new round", async () => {
    const rework = { round: 2, mine: true, previous: null, history: [] };
    expect(await keptHere(claimed("third", { rework }), store)).toBeNull();
    expect(await keptHere({ ...claimed("third"), task: { ...claimed("third").task, id: "other" } }, store)).toBeNull();
    vi.stubGlobal("document", { querySelector: () => null });
    expect(await keptHere(claimed("third"), store)).toBeNull();
  });

  it("goes with all copies of the task once the answer has arrived, others' stay", async () => {
    await store.deleteTask("t", "ada");
    expect([...store.drafts.keys()]).toEqual(["hers"]);
  });
});
