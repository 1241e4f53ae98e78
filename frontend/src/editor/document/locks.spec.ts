import { describe, expect, it } from "vitest";
import { integers } from "../test-random";
import { fillChange, rasterChange, restChange } from "../worker/whole-image";
import { wandChange } from "../worker/wand";
import { become } from "./become";
import type { PaintMode } from "./gesture";
import { LabelMap } from "./label-map";

const [WIDTH, HEIGHT] = [300, 270]; // four tiles, none of them whole at the edges

function random(pick: (below: number) => number): Uint8Array<ArrayBuffer> {
  const raster = new Uint8Array(WIDTH * HEIGHT);
  for (let box = 0; box < 60; box++) {
    const [x, y, value] = [pick(WIDTH), pick(HEIGHT), pick(5)];
    for (let row = y; row < Math.min(HEIGHT, y + 50); row++) raster.fill(value, row * WIDTH + x, row * WIDTH + Math.min(WIDTH, x + 70));
  }
  return raster;
}

describe("locked classes and modes", () => {
  it.each([1, 2, 3])("every way to change pixels agrees with pixel by pixel, and undo gives back all (seed %i)", (seed) => {
    const pick = integers(seed);
    for (let round = 0; round < 16; round++) {
      const map = new LabelMap(WIDTH, HEIGHT);
      map.replace(random(pick));
      const before = map.snapshot();
      for (let index = 1; index < 5; index++) map.locked[index] = pick(2);
      const expected = before.slice();
      const locked = map.locked.slice();
      const mode: PaintMode = (["over", "unlabeled", 1 + pick(4)] as const)[pick(3)];
      const may = (at: number): boolean =>
        locked[before[at]] === 0 && (mode === "over" || before[at] === (mode === "unlabeled" ? 0 : mode));
      const way = pick(4);
      if (way === 0) {
        const gesture = map.begin(mode);
        for (let y = 20; y < 260; y++) {
          gesture.span(y, 10, 290, 4);
          for (let x = 10; x < 290; x++) if (may(y * WIDTH + x)) expected[y * WIDTH + x] = 4;
        }
        map.locked.fill(0); // what changes meanwhile does not change the gesture under way
        gesture.span(5, 0, WIDTH, 4);
        for (let x = 0; x < WIDTH; x++) if (may(5 * WIDTH + x)) expected[5 * WIDTH + x] = 4;
        gesture.commit();
      } else {
        const raster = { data: map.snapshot(), width: WIDTH, height: HEIGHT };
        const [x, y] = [pick(WIDTH), pick(HEIGHT)];
        const colors = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
        const change =
          way === 1
            ? fillChange(raster.data, WIDTH, HEIGHT, x, y, 4)
            : way === 2
              ? restChange(raster.data, WIDTH, HEIGHT, 4)
              : wandChange(raster, colors, { x, y, value: 4, tolerance: 0, mode });
        const free = new LabelMap(WIDTH, HEIGHT);
        free.replace(before);
        expect(free.adopt(change, free.revision)).toBe(true);
        for (let at = 0; at < expected.length; at++) if (map.locked[before[at]] === 0) expected[at] = free.data[at];
        if (way === 3) expect(expected.every((value, at) => value === before[at] || may(at))).toBe(true);
        expect(map.adopt(change, map.revision)).toBe(true);
      }
      expect(Buffer.compare(map.data, expected)).toBe(0);
      const counts = new Uint32Array(256);
      for (const value of map.data) counts[value]++;
      expect(map.counts).toEqual(counts);
      if (map.history.canUndo) map.undo();
      expect(Buffer.compare(map.data, before)).toBe(0);
    }
  });

  it("nothing left to change is no step", () => {
    const map = new LabelMap(8, 8);
    map.replace(new Uint8Array(64).fill(2));
    map.locked[2] = 1;
    expect(map.adopt(rasterChange(map.data, new Uint8Array(64), 8, 8), map.revision)).toBe(true);
    expect(map.history.canUndo).toBe(false);
  });

  it("do not hold up an earlier version that is brought back", async () => {
    const map = new LabelMap(8, 8);
    map.replace(new Uint8Array(64).fill(2));
    map.locked[2] = 1;
    await become(map, new Uint8Array(64).fill(1));
    expect(map.counts[1]).toBe(64);
  });
});
