import { describe, expect, it } from "vitest";
import { become } from "./become";
import { LabelMap } from "./label-map";

describe("become", () => {
  it("makes the document other indices in one step, which undo takes back", async () => {
    const map = new LabelMap(300, 3);
    await map.paint("over", (gesture) => gesture.span(1, 0, 300, 2));
    const before = map.snapshot();
    const other = Uint8Array.from({ length: 900 }, (_, at) => (at * 7919) % 4);
    await become(map, other);
    expect(map.data).toEqual(other);
    expect(map.counts[0]).toBe(other.filter((value) => value === 0).length);
    expect(map.undo()).toBe(true);
    expect(map.data).toEqual(before);
    expect(map.history.steps).toBe(1);
  });

  it("is no step when nothing differs, and refuses another size", async () => {
    const map = new LabelMap(4, 2);
    await become(map, new Uint8Array(8));
    expect(map.history.steps).toBe(0);
    await expect(become(map, new Uint8Array(7))).rejects.toThrow(RangeError);
  });
});
