import { expect, it } from "vitest";
import { LabelMap } from "../document/label-map";
import { integers } from "../test-random";
import { wandChange } from "./wand";

it("paints what a search pixel by pixel finds, in each mode, as one undo step", () => {
  const pick = integers(31);
  for (let round = 0; round < 60; round++) {
    const [width, height] = [1 + pick(round % 3 === 0 ? 300 : 40), 1 + pick(30)];
    const colors = Uint8ClampedArray.from({ length: width * height * 4 }, () => 100 + pick(40));
    const before = Uint8Array.from({ length: width * height }, () => pick(3));
    const [x, y, value, tolerance] = [pick(width), pick(height), 1 + pick(3), pick(40)];
    const mode = round % 2 === 0 ? "over" : "unlabeled";
    const seed = y * width + x;
    const alike = (at: number): boolean => [0, 1, 2].every((part) => Math.abs(colors[at * 4 + part] - colors[seed * 4 + part]) <= tolerance);
    const expected = before.slice();
    const [seen, open] = [new Set([seed]), [seed]];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (mode === "over" || before[at] === 0) expected[at] = value;
      const [column, row] = [at % width, Math.floor(at / width)];
      for (const [nx, ny] of [[column - 1, row], [column + 1, row], [column, row - 1], [column, row + 1]]) {
        const next = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen.has(next) || !alike(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    const map = new LabelMap(width, height);
    map.replace(before);
    expect(map.adopt(wandChange({ data: map.snapshot(), width, height }, colors, { x, y, value, tolerance, mode }), map.revision)).toBe(true);
    expect(Buffer.compare(map.data, expected)).toBe(0);
    map.undo();
    expect(Buffer.compare(map.data, before)).toBe(0);
  }
});
