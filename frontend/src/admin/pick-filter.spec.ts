import { describe, expect, it } from "vitest";
import { matches, type PickEntry, type Shown } from "./pick-filter";

const zoe: PickEntry = { text: "Zoë Müller zoe.m", groups: ["night shift"], picked: true };
const ben: PickEntry = { text: "Ben Ode ben", groups: [], picked: false };
const shown = (changes: Partial<Shown>): string[] =>
  [zoe, ben].filter((entry) => matches(entry, { words: "", which: "", group: "", ...changes })).map(({ text }) => text.slice(0, 3));

describe("matches", () => {
  it("shows everything without a filter", () => expect(shown({})).toEqual(["Zoë", "Ben"]));
  it("wants every word, without case and accents, in any order", () => {
    expect(shown({ words: "muller ZOE" })).toEqual(["Zoë"]);
    expect(shown({ words: "zoe ben" })).toEqual([]);
    expect(shown({ words: "  o  " })).toEqual(["Zoë", "Ben"]);
  });
  it("tells the selected from the others", () => {
    expect(shown({ which: "picked" })).toEqual(["Zoë"]);
    expect(shown({ which: "free" })).toEqual(["Ben"]);
  });
  it("says who is where", () => {
    expect(shown({ group: "in night shift" })).toEqual(["Zoë"]);
    expect(shown({ group: "in night" })).toEqual([]);
    expect(shown({ group: "none" })).toEqual(["Ben"]);
  });
});
