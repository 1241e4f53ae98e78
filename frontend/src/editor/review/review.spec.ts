import { describe, expect, it } from "vitest";
import { LabelMap } from "../document/label-map";
import { random as seeded } from "../test-random";
import { disputedRegions, half, readDisputed } from "../worker/disputed";
import { regionMask, touchingRegions } from "../worker/regions";
import { StartComparison } from "./changes";
import { PinList } from "./pins";
import { takeMask, takeOutline } from "./taking";

/** Rows of "#" (disputed) and "." (agreed) as the algorithms take them: 0 is disputed. */
function agreedOf(...rows: string[]): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const data = Uint8Array.from(rows.join(""), (sign) => (sign === "#" ? 0 : 1));
  return { data, width: rows[0].length, height: rows.length };
}

describe("disputed regions", () => {
  it("hang together by corners, the largest first", () => {
    const { data, width, height } = agreedOf("#....", ".#..#", "..#..", "#....");
    const regions = touchingRegions(data, width, height);
    expect(regions.map(({ area, seed }) => [area, seed])).toEqual([[3, [0, 0]], [1, [4, 1]], [1, [0, 3]]]);
  });

  it("are found pixel by pixel from any of their pixels", () => {
    const { data, width, height } = agreedOf("##..#", "..#.#", "....#");
    const mask = regionMask(data, width, height, 2, 1);
    expect([...mask]).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(regionMask(data, width, height, 2, 0).includes(1)).toBe(false);
  });

  it("that are too large are cut, and no pixel is lost or counted twice", () => {
    const random = seeded(3);
    const [width, height] = [90, 70];
    const data = Uint8Array.from({ length: width * height }, () => (random() < 0.5 ? 0 : 1));
    const regions = disputedRegions(data, width, height, 16, Infinity);
    expect(Math.max(...regions.map(({ box }) => Math.max(box.x1 - box.x0, box.y1 - box.y0)))).toBeLessThanOrEqual(16);
    const seen = new Uint8Array(data.length);
    for (const { box, seed, area } of regions) {
      const [across, down] = [box.x1 - box.x0, box.y1 - box.y0];
      const crop = Uint8Array.from({ length: across * down }, (_, at) => data[(box.y0 + Math.floor(at / across)) * width + box.x0 + (at % across)]);
      const mask = regionMask(crop, across, down, seed[0] - box.x0, seed[1] - box.y0);
      expect(mask.reduce((sum, one) => sum + one, 0)).toBe(area);
      mask.forEach((one, at) => (seen[(box.y0 + Math.floor(at / across)) * width + box.x0 + (at % across)] += one));
    }
    expect([...seen]).toEqual([...data].map((value) => 1 - value));
  });

  it("stay in sight in smaller copies", () => {
    const small = half({ data: Uint8Array.from([0, 0, 9, 0, 0, 7]), width: 3, height: 2 });
    expect([small.width, small.height, ...small.data]).toEqual([2, 1, 0, 9]);
    const data = new Uint8Array(3000 * 10);
    data[1234] = 200;
    const { levels } = readDisputed({ data, width: 3000, height: 10, palette: null });
    expect(levels.map(({ width }) => width)).toEqual([3000, 1500, 750]);
    expect(levels.every((level) => level.data.includes(200))).toBe(true);
  });
});

describe("taking a side", () => {
  const source = Uint8Array.from({ length: 300 * 300 }, (_, at) => (at % 300 < 150 ? 4 : 5));

  it("copies only where the mask says so, as one undo step", async () => {
    const map = new LabelMap(300, 300);
    const mask = new Uint8Array(20 * 10).fill(1);
    mask[0] = 0;
    await takeMask(map, source, { x0: 140, y0: 250, x1: 160, y1: 260 }, mask);
    expect([map.counts[4], map.counts[5]]).toEqual([99, 100]);
    expect([map.data[250 * 300 + 140], map.data[250 * 300 + 141], map.data[259 * 300 + 159]]).toEqual([0, 4, 5]);
    map.undo();
    expect(map.unlabeled).toBe(90_000);
  });

  it("takes labels away where the side has none, and stays inside the photo", async () => {
    const map = new LabelMap(300, 300);
    map.replace(new Uint8Array(90_000).fill(7));
    await takeOutline(map, new Uint8Array(90_000), [{ x: -50, y: -50 }, { x: 10, y: -50 }, { x: 10, y: 10 }, { x: -50, y: 10 }]);
    expect([map.counts[0], map.counts[7]]).toEqual([100, 89_900]);
  });
});

describe("whether the document is still the vote", () => {
  it("follows painting, undo and another document", async () => {
    const map = new LabelMap(600, 300);
    const start = new Uint8Array(180_000).fill(2);
    map.replace(start);
    const comparison = new StartComparison(map, start);
    expect(comparison.changed).toBe(false);
    await map.paint("over", (gesture) => gesture.span(299, 599, 600, 3));
    expect(comparison.changed).toBe(true);
    map.undo();
    expect(comparison.changed).toBe(false);
    await map.paint("over", (gesture) => gesture.span(0, 0, 600, 2));
    expect(comparison.changed).toBe(false);
  });
});

describe("pins", () => {
  it("keep their numbers, are walked round, and say only what was written", () => {
    const list = new PinList();
    list.add(1.26, 2);
    list.add(3, 4);
    list.change(1, { text: "  An ear. " });
    expect(list.said).toEqual([{ x: 1.3, y: 2, text: "An ear." }]);
    expect([list.step(1)?.number, list.step(1)?.number, list.step(-1)?.number]).toEqual([1, 2, 1]);
    list.remove(1);
    list.add(5, 6);
    expect(list.pins.value.map(({ number }) => number)).toEqual([2, 3]);
    expect(list.selected.value).toBe(3);
  });

  it("are at most a hundred", () => {
    const list = new PinList();
    for (let at = 0; at < 101; at++) list.add(at, 0);
    expect(list.pins.value.length).toBe(100);
    expect(list.full).toBe(true);
  });
});
