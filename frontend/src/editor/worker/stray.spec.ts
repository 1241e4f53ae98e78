import { expect, it } from "vitest";
import { integers } from "../test-random";
import { strayRegions } from "./stray";

/** The same, pixel by pixel. */
function plainly(data: Uint8Array, width: number, height: number): { area: number; box: number[]; seed: number[] }[] {
  const seen = new Uint8Array(data.length);
  const all: { label: number; area: number; box: number[]; seed: number[] }[] = [];
  for (let start = 0; start < data.length; start++) {
    if (seen[start] === 1 || data[start] === 0) continue;
    const box = [Infinity, Infinity, 0, 0];
    const open = [start];
    seen[start] = 1;
    let area = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      area++;
      [box[0], box[1], box[2], box[3]] = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x + 1), Math.max(box[3], y + 1)];
      for (const [nx, ny] of [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]]) {
        const next = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen[next] === 1 || data[next] !== data[start]) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
    all.push({ label: data[start], area, box, seed: [start % width, Math.floor(start / width)] });
  }
  const stray = all.filter((one) => one !== all.filter(({ label }) => label === one.label).reduce((best, other) => (other.area > best.area ? other : best)));
  return stray.sort((a, b) => a.area - b.area).map(({ area, box, seed }) => ({ area, box, seed }));
}

it.each([1, 2, 3, 4, 5, 6])("agrees with a search pixel by pixel (seed %i)", (seed) => {
  const pick = integers(seed);
  for (let round = 0; round < 20; round++) {
    const [width, height, labels] = [1 + pick(24), 1 + pick(20), 2 + pick(4)];
    const data = Uint8Array.from({ length: width * height }, () => pick(labels));
    const found = strayRegions(data, width, height).map(({ area, box: { x0, y0, x1, y1 }, seed: at }) => ({ area, box: [x0, y0, x1, y1], seed: [...at] }));
    expect(found).toEqual(plainly(data, width, height));
    expect(strayRegions(data, width, height, 3)).toEqual(strayRegions(data, width, height).slice(0, 3));
  }
});
