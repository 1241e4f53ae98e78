import { describe, expect, it } from "vitest";
import { integers } from "../test-random";
import { floodFill } from "./flood-fill";
import { LabelMap } from "../document/label-map";
import { unlabeledRegions } from "./regions";
import { fillChange, restChange } from "./whole-image";

/** Pixels connected to `start`, found one by one. */
function naiveRegion(data: Uint8Array, width: number, height: number, start: number): Set<number> {
  const found = new Set([start]);
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (const [nx, ny] of [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]]) {
      const next = ny * width + nx;
      if (nx < 0 || ny < 0 || nx >= width || ny >= height || data[next] !== data[start] || found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function noise(seed: number, width: number, height: number): Uint8Array {
  const pick = integers(seed);
  const data = Uint8Array.from({ length: width * height }, () => pick(3) === 0 ? 1 + pick(2) : 0);
  for (let patch = 0; patch < 6; patch++) {
    const [x0, y0, value] = [pick(width), pick(height), pick(3)];
    for (let y = y0; y < Math.min(height, y0 + 12); y++) data.fill(value, y * width + x0, y * width + Math.min(width, x0 + 15));
  }
  return data;
}

describe("floodFill", () => {
  it("finds the pixels a search one by one finds, each once", () => {
    const pick = integers(77);
    for (let round = 0; round < 60; round++) {
      const [width, height] = [1 + pick(50), 1 + pick(40)];
      const data = noise(round, width, height);
      const start = pick(width * height);
      const expected = naiveRegion(data, width, height, start);
      const spans = floodFill(data.slice(), width, height, start % width, Math.floor(start / width));
      const got: number[] = [];
      for (let at = 0; at < spans.length; at += 3) {
        for (let x = spans[at + 1]; x < spans[at + 2]; x++) got.push(spans[at] * width + x);
      }
      expect(got.sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
    }
  });
});

describe("unlabeledRegions", () => {
  it("lists every unlabeled region with its area, box and seed, largest first", () => {
    const pick = integers(78);
    for (let round = 0; round < 40; round++) {
      const [width, height] = [1 + pick(40), 1 + pick(40)];
      const data = noise(100 + round, width, height);
      const left = new Set([...data.keys()].filter((at) => data[at] === 0));
      const expected = [];
      for (const at of [...left]) {
        if (!left.has(at)) continue;
        const region = naiveRegion(data, width, height, at);
        for (const pixel of region) left.delete(pixel);
        const xs = [...region].map((pixel) => pixel % width);
        const ys = [...region].map((pixel) => Math.floor(pixel / width));
        const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 };
        expected.push({ area: region.size, box, seed: [at % width, Math.floor(at / width)] });
      }
      expected.sort((a, b) => b.area - a.area || a.seed[1] - b.seed[1] || a.seed[0] - b.seed[0]);
      expect(unlabeledRegions(data, width, height)).toEqual(expected);
    }
  });

  it("finds none on a full map and keeps to its limit", () => {
    expect(unlabeledRegions(new Uint8Array(20).fill(1), 5, 4)).toEqual([]);
    expect(unlabeledRegions(Uint8Array.from([0, 1, 0, 1, 0, 1, 0]), 7, 1, 2)).toHaveLength(2);
  });
});

describe("changes of the whole image", () => {
  /** Sizes beside the tiles' 256 pixels, so that spans cross them and edges are partial. */
  const sizes = [[1, 1], [255, 3], [256, 256], [257, 258], [600, 300]] as const;

  it.each(sizes)("a fill of %i x %i is one undo step with exact counts", (width, height) => {
    const pick = integers(width);
    for (let round = 0; round < 4; round++) {
      const before = noise(round, width, height);
      const map = new LabelMap(width, height);
      map.replace(before);
      const start = pick(width * height);
      const value = 1 + pick(4);
      const region = before[start] === value ? new Set<number>() : naiveRegion(before, width, height, start);
      const expected = before.map((label, at) => (region.has(at) ? value : label));
      const change = fillChange(before.slice(), width, height, start % width, Math.floor(start / width), value);
      expect(map.adopt(change, map.revision)).toBe(true);
      const counts = new Uint32Array(256);
      for (const label of expected) counts[label]++;
      expect(Buffer.compare(map.data, expected)).toBe(0);
      expect(map.counts).toEqual(counts);
      expect(map.undo()).toBe(region.size > 0);
      expect(Buffer.compare(map.data, before)).toBe(0);
    }
  });

  it.each(sizes)("the rest of %i x %i goes to a class", (width, height) => {
    const before = noise(3, width, height);
    const map = new LabelMap(width, height);
    map.replace(before);
    expect(map.adopt(restChange(before.slice(), width, height, 7), map.revision)).toBe(true);
    expect(Buffer.compare(map.data, before.map((label) => (label === 0 ? 7 : label)))).toBe(0);
    expect(map.unlabeled).toBe(0);
  });

  it("are not taken over once the document is another, or a stroke is under way", () => {
    const map = new LabelMap(10, 10);
    const { revision } = map;
    const change = restChange(map.snapshot(), 10, 10, 2);
    const gesture = map.begin("over");
    expect(map.adopt(change, revision)).toBe(false);
    gesture.span(0, 0, 5, 1);
    gesture.commit();
    expect(map.adopt(change, revision)).toBe(false);
    expect([map.counts[0], map.counts[1], map.counts[2]]).toEqual([95, 5, 0]);
  });
});
