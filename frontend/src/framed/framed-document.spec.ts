import { describe, expect, it } from "vitest";
import { completeAssignment } from "../editor/assignment-input";
import { MemoryStore } from "../editor/session/local-store";
import { FixtureTransport } from "../editor/transport/fixture";
import type { Assignment } from "../editor/transport/transport";
import { encodeForm, FormDocument, openForm } from "./framed-document";

function claim(seq: number | null): Assignment {
  return completeAssignment({
    id: "claim-1",
    task: { id: "task-1", job: { id: "job-1", name: "job" }, data_object: { id: "object-1", code: "abc123" } },
    image: { url: "", width: 4, height: 3 },
    categories: [],
    draft: seq === null ? null : { seq, sha256: "", url: "" },
  });
}

function stored(seq: number, answer: Record<string, unknown>): FixtureTransport {
  const transport = new FixtureTransport();
  transport.draft = { seq, png: encodeForm(answer) };
  return transport;
}

async function kept(seq: number, text: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  const bytes = new TextEncoder().encode(text);
  await store.put({ claim: "claim-1", seq, base: seq - 1, savedAt: 1, width: 4, height: 3, bytes, packed: true, idempotencyKey: "key-1" });
  return store;
}

describe("a form opens", () => {
  it("empty where there is no draft", async () => {
    expect(await openForm(claim(null), new FixtureTransport(), new MemoryStore())).toMatchObject({ draft: null, seq: 0, base: 0, onServer: true });
  });

  it("with the server's draft", async () => {
    expect(await openForm(claim(3), stored(3, { a: "b" }), new MemoryStore())).toMatchObject({ draft: { a: "b" }, seq: 3, base: 3, onServer: true });
  });

  it("with this device's newer one, under its answer's key", async () => {
    const opened = await openForm(claim(3), stored(3, { a: "b" }), await kept(4, '{"a":"c"}'));
    expect(opened).toEqual({ draft: { a: "c" }, seq: 4, base: 3, onServer: false, idempotencyKey: "key-1" });
  });

  it("with the server's where this device's cannot be read", async () => {
    expect(await openForm(claim(3), stored(3, { a: "b" }), await kept(4, "[1]"))).toMatchObject({ draft: { a: "b" }, seq: 4 });
  });
});

it("knows whether what the frame says is new", () => {
  const form = new FormDocument({ a: "b" });
  expect([form.set({ a: "b" }), form.set({ a: "c" }), form.revision]).toEqual([false, true, 1]);
  expect(new TextDecoder().decode(encodeForm(form.answer))).toBe('{"a":"c"}');
});
