import { describe, expect, it } from "vitest";
import { random } from "../test-random";
import { capsuleSpans, snapBrush } from "./capsule";
import { ellipseSpans } from "./ellipse";
import { polygonSpans, type Point } from "./polygon";

const SIZE = 60;

function paint(draw: (sink: (y: number, x0: number, x1: number) => void) => void): Uint8Array {
  const pixels = new Uint8Array(SIZE * SIZE);
  draw((y, x0, x1) => {
    for (let x = Math.max(0, x0); x < Math.min(SIZE, x1); x++) pixels[y * SIZE + x]++;
  });
  return pixels;
}

function distance(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square));
  return Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay));
}

describe("capsuleSpans", () => {
  it("paints exactly the pixels whose centres are within the radius", () => {
    const next = random(5);
    const wrong: string[] = [];
    for (let round = 0; round < 300; round++) {
      const radius = 0.5 + next() * 18;
      const [ax, ay] = [next() * 80 - 10, next() * 80 - 10];
      const still = round % 5 === 0;
      const [bx, by] = still ? [ax, ay] : [next() * 80 - 10, next() * 80 - 10];
      const got = paint((sink) => capsuleSpans(ax, ay, bx, by, radius, 0, SIZE, sink));
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          const away = distance(x + 0.5, y + 0.5, ax, ay, bx, by) - radius;
          if (Math.abs(away) < 1e-9) continue;
          if (got[y * SIZE + x] !== (away < 0 ? 1 : 0)) wrong.push(`round ${round}, pixel ${x},${y}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    [1, 1],
    [2, 4],
    [3, 9],
    [5, 21],
  ])("a still brush of %i pixels covers %i", (diameter, pixels) => {
    const [x, y] = snapBrush(20.3, 30.8, diameter);
    const got = paint((sink) => capsuleSpans(x, y, x, y, diameter / 2, 0, SIZE, sink));
    expect(got.reduce((sum, value) => sum + value, 0)).toBe(pixels);
  });

  it("leaves no gap in a thin diagonal line", () => {
    const got = paint((sink) => capsuleSpans(2.5, 2.5, 50.5, 23.5, 0.5, 0, SIZE, sink));
    for (let x = 2; x <= 50; x++) expect([...got].filter((v, at) => v === 1 && at % SIZE === x).length).toBeGreaterThan(0);
  });
});

describe("polygonSpans", () => {
  function inside(points: readonly Point[], px: number, py: number): boolean {
    let within = false;
    for (let at = 0, before = points.length - 1; at < points.length; before = at++) {
      const [a, b] = [points[at], points[before]];
      if (a.y > py !== b.y > py && px < a.x + ((py - a.y) / (b.y - a.y)) * (b.x - a.x)) within = !within;
    }
    return within;
  }

  it("agrees with the even-odd rule at every pixel centre, self-crossing outlines included", () => {
    const next = random(11);
    const wrong: string[] = [];
    for (let round = 0; round < 200; round++) {
      const points = Array.from({ length: 3 + Math.floor(next() * 12) }, () => ({ x: next() * 80 - 10, y: next() * 80 - 10 }));
      const got = paint((sink) => polygonSpans(points, 0, SIZE, sink));
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          if (got[y * SIZE + x] !== (inside(points, x + 0.5, y + 0.5) ? 1 : 0)) wrong.push(`round ${round}, pixel ${x},${y}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("two polygons that share an edge neither overlap nor leave a gap", () => {
    const left = [{ x: 5, y: 5 }, { x: 25.5, y: 5.5 }, { x: 30.5, y: 40.5 }, { x: 5, y: 40.5 }];
    const right = [{ x: 25.5, y: 5.5 }, { x: 50, y: 5.5 }, { x: 50, y: 40.5 }, { x: 30.5, y: 40.5 }];
    const got = paint((sink) => {
      polygonSpans(left, 0, SIZE, sink);
      polygonSpans(right, 0, SIZE, sink);
    });
    for (let y = 6; y < 40; y++) for (let x = 6; x < 50; x++) expect(got[y * SIZE + x]).toBe(1);
  });

  it("agrees with the winding number where the rule says nonzero", () => {
    const next = random(12);
    const wrong: string[] = [];
    for (let round = 0; round < 200; round++) {
      const points = Array.from({ length: 3 + Math.floor(next() * 12) }, () => ({ x: next() * 80 - 10, y: next() * 80 - 10 }));
      const got = paint((sink) => polygonSpans(points, 0, SIZE, sink, "nonzero"));
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          let winding = 0;
          points.forEach((a, at) => {
            const b = points[(at + 1) % points.length];
            if (a.y > y + 0.5 === b.y > y + 0.5) return;
            if (x + 0.5 < a.x + ((y + 0.5 - a.y) / (b.y - a.y)) * (b.x - a.x)) winding += a.y < b.y ? 1 : -1;
          });
          if (got[y * SIZE + x] !== (winding === 0 ? 0 : 1)) wrong.push(`round ${round}, pixel ${x},${y}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("fills nothing with two points", () => {
    expect(paint((sink) => polygonSpans([{ x: 1, y: 1 }, { x: 40, y: 40 }], 0, SIZE, sink)).every((v) => v === 0)).toBe(true);
  });
});

describe("ellipseSpans", () => {
  it("paints exactly the pixels whose centres are inside", () => {
    const next = random(21);
    const wrong: string[] = [];
    for (let round = 0; round < 300; round++) {
      const [x0, y0] = [Math.floor(next() * 60) - 10, Math.floor(next() * 60) - 10];
      const box = { x0, y0, x1: x0 + Math.floor(next() * 50), y1: y0 + Math.floor(next() * 50) };
      const got = paint((sink) => ellipseSpans(box, 0, SIZE, sink));
      const [rx, ry] = [(box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2];
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          const away = rx === 0 || ry === 0 ? 9 : ((x + 0.5 - x0 - rx) / rx) ** 2 + ((y + 0.5 - y0 - ry) / ry) ** 2;
          if (Math.abs(away - 1) < 1e-9) continue;
          if (got[y * SIZE + x] !== (away < 1 ? 1 : 0)) wrong.push(`round ${round}, pixel ${x},${y}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([[1, 1, 1], [2, 2, 4], [3, 3, 9], [4, 4, 12]])("of %i x %i pixels has %i", (width, height, pixels) => {
    const got = paint((sink) => ellipseSpans({ x0: 5, y0: 7, x1: 5 + width, y1: 7 + height }, 0, SIZE, sink));
    expect(got.reduce((sum, value) => sum + value, 0)).toBe(pixels);
  });
});
