import { describe, expect, it } from "vitest";
import { LabelMap } from "../document/label-map";
import { integers } from "../test-random";
import { nearestChange, refineChange, type RefineCall, type Refinement } from "./refine";

interface Case {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

function made(seed: number): Case {
  const pick = integers(seed);
  const [width, height] = [1 + pick(30), 1 + pick(24)];
  const data = Uint8Array.from({ length: width * height }, () => (pick(12) === 0 ? pick(3) : 0));
  for (let patch = 0; patch < 6; patch++) {
    const [x0, y0, value] = [pick(width), pick(height), pick(3)];
    for (let y = y0; y < Math.min(height, y0 + 7); y++) data.fill(value, y * width + x0, y * width + Math.min(width, x0 + 9));
  }
  return { data, width, height };
}

/** Positions connected with `start` by edges where `same` holds. */
function reached({ width, height }: Case, start: number, same: (at: number) => boolean): Set<number> {
  const [found, open] = [new Set([start]), [start]];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of beside({ width, height }, at)) {
      if (found.has(next) || !same(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function beside({ width, height }: Pick<Case, "width" | "height">, at: number): number[] {
  const [x, y] = [at % width, Math.floor(at / width)];
  return [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]].filter(([a, b]) => a >= 0 && b >= 0 && a < width && b < height).map(([a, b]) => b * width + a);
}

function squared(width: number, a: number, b: number): number {
  return ((a % width) - (b % width)) ** 2 + (Math.floor(a / width) - Math.floor(b / width)) ** 2;
}

/** The document after the change, which undo takes back to the byte. */
function after(one: Case, change: (raster: Case) => ReturnType<typeof nearestChange>): Uint8Array {
  const map = new LabelMap(one.width, one.height);
  map.replace(one.data);
  const tiles = change({ ...one, data: map.snapshot() });
  expect(map.adopt(tiles, map.revision)).toBe(true);
  const result = map.snapshot();
  if (tiles.length > 0) map.undo();
  expect(Buffer.compare(map.data, one.data)).toBe(0);
  return result;
}

/** The same, pixel by pixel from the definitions. */
function naive(one: Case, { what, x, y, whole, pixels, mode }: RefineCall): Uint8Array {
  const { data, width } = one;
  const all = [...data.keys()];
  const start = y * width + x;
  const value = data[start];
  const result = data.slice();
  const may = (at: number): boolean => mode === "over" || data[at] === 0;
  if (what === "specks") {
    const left = new Set(all.filter((at) => data[at] === value));
    for (const at of left) {
      const region = reached(one, at, (next) => data[next] === value);
      for (const pixel of region) left.delete(pixel);
      const edges = new Map<number, number>();
      for (const pixel of region) for (const next of beside(one, pixel)) if (data[next] !== value) edges.set(data[next], (edges.get(data[next]) ?? 0) + 1);
      const [most] = [...edges].sort(([labelA, a], [labelB, b]) => b - a || labelA - labelB);
      if (region.size < pixels && edges.size > 0) for (const pixel of region) result[pixel] = most[0];
    }
    return result;
  }
  if (value === 0) return result;
  const inside = new Set(whole ? all.filter((at) => data[at] === value) : reached(one, start, (next) => data[next] === value));
  for (const at of all) {
    if (what === "grow" && !inside.has(at) && may(at) && [...inside].some((other) => squared(width, at, other) <= pixels ** 2)) result[at] = value;
    if (what === "shrink" && inside.has(at) && all.some((other) => !inside.has(other) && squared(width, at, other) <= pixels ** 2)) result[at] = 0;
    if (what === "holes" && !inside.has(at) && may(at)) {
      const way = reached(one, at, (next) => !inside.has(next));
      if ([...way].every((next) => beside(one, next).length === 4)) result[at] = value;
    }
  }
  return result;
}

describe("refineChange", () => {
  it.each<Refinement>(["grow", "shrink", "holes", "specks"])("%s is what its definition says, region and class, in each mode", (what) => {
    const pick = integers(what.length * 7);
    for (let round = 0; round < 60; round++) {
      const one = made(round);
      const call: RefineCall = {
        what, x: pick(one.width), y: pick(one.height), whole: pick(2) === 0, pixels: 1 + pick(what === "specks" ? 12 : 5),
        mode: pick(2) === 0 ? "over" : "unlabeled",
      };
      expect(Buffer.compare(after(one, (raster) => refineChange(raster, call)), naive(one, call))).toBe(0);
    }
  });
});

describe("nearestChange", () => {
  it("gives each unlabeled pixel to a class that is nowhere nearer, and changes no other", () => {
    for (let round = 0; round < 60; round++) {
      const one = made(200 + round);
      const labeled = [...one.data.keys()].filter((at) => one.data[at] !== 0);
      const result = after(one, nearestChange);
      result.forEach((label, at) => {
        if (one.data[at] !== 0 || labeled.length === 0) expect(label).toBe(one.data[at]);
        else {
          const away = (places: readonly number[]): number => Math.min(...places.map((other) => squared(one.width, at, other)));
          expect(away(labeled.filter((other) => one.data[other] === label))).toBe(away(labeled));
        }
      });
    }
  });
});
