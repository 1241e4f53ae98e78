import { describe, expect, it } from "vitest";
import { isBegin, readAnswer, readFromFrame, readToFrame } from "./frame-messages";

const cycle: Record<string, unknown> = {};
cycle["me"] = cycle;
const deep = (levels: number): Record<string, unknown> => (levels === 0 ? {} : { a: deep(levels - 1) });

describe("what the page hears from a frame", () => {
  it.each([
    [{ type: "ready" }, { type: "ready" }],
    [{ type: "activity", more: 1 }, { type: "activity" }],
    [{ type: "height", pixels: 812.6 }, { type: "height", pixels: 813 }],
    [{ type: "height", pixels: 1e12 }, { type: "height", pixels: 20_000 }],
    [{ type: "submit", answer: { a: { label: "x" } } }, { type: "submit", answer: { a: { label: "x" } } }],
  ])("reads %o", (data, message) => {
    expect(readFromFrame(data)).toEqual(message);
  });

  it.each([
    null, "submit", 7, [], { type: "task" }, { type: "token" }, { type: "submit" }, { type: "submit", answer: [] },
    { type: "height", pixels: "9" }, { type: "height", pixels: NaN }, { type: "change", answer: cycle },
    { type: "change", answer: { a: new Uint8Array(4) } },
    { type: "change", answer: { a: 1n } }, { type: "change", answer: deep(40) }, { type: "change", answer: new Map() },
  ])("drops %o", (data) => {
    expect(readFromFrame(data)).toBeNull();
  });

  it("takes a copy, which the frame cannot change afterwards", () => {
    const answer = { a: { b: [1] } };
    const read = readAnswer(answer);
    answer.a.b.push(2);
    expect(read).toEqual({ a: { b: [1] } });
  });
});

describe("a segment by its ends", () => {
  const points = [[1, 2], [3, 4], [5, 6], [7, 8]];
  const call = { type: "segment", id: 1, width: 10, height: 10, points };

  it("is read both ways", () => {
    expect(readFromFrame(call)).toEqual(call);
    const reply = { type: "segmented", id: 1, box: [0, 1, 2, 3], png: Uint8Array.from([1]), message: "" };
    expect(readToFrame(reply)).toEqual(reply);
    expect(readToFrame({ ...reply, box: [0, 1], png: null, message: "no" })).toEqual({ ...reply, box: null, png: null, message: "no" });
  });

  it.each([{ points: points.slice(1) }, { points: [...points.slice(1), [11, 2]] }, { points: [...points.slice(1), [NaN, 2]] }, { id: -1 }, { width: "10" }])(
    "is dropped with %o", (wrong) => {
      expect(readFromFrame({ ...call, ...wrong })).toBeNull();
    },
  );
});

describe("what a frame hears from its page", () => {
  it("reads the task", () => {
    const task = { type: "task", language: "de", theme: "dark", draft: { a: "b" }, readOnly: false };
    expect(readToFrame(task)).toEqual(task);
    expect(readToFrame({ ...task, draft: null, language: "<b>", theme: 3 })).toEqual({ ...task, draft: null, language: "en", theme: "light" });
  });

  it.each([{ type: "task", draft: "x", readOnly: true }, { type: "task", draft: null }, { type: "refused" }, { type: "ready" }, null])(
    "drops %o", (data) => {
      expect(readToFrame(data)).toBeNull();
    },
  );
});

it("knows the first word by its version", () => {
  expect([{ type: "maskwright.begin", version: 1 }, { type: "maskwright.begin", version: 2 }, "maskwright.begin"].map(isBegin)).toEqual([true, false, false]);
});
