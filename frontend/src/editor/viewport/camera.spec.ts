import { describe, expect, it } from "vitest";
import { random } from "../test-random";
import { clamp, fit, MAX_SCALE, minScale, pan, stepScale, toImage, toScreen, zoomAt, type Camera } from "./camera";

const view = { width: 1000, height: 600 };

describe("camera", () => {
  it("maps to the screen and back", () => {
    const next = random(3);
    for (let round = 0; round < 100; round++) {
      const camera: Camera = { originX: next() * 50 - 25, originY: next() * 50, scale: 0.1 + next() * 30 };
      const [x, y] = toImage(camera, ...toScreen(camera, 12.25, 40.5));
      expect(x).toBeCloseTo(12.25, 8);
      expect(y).toBeCloseTo(40.5, 8);
    }
  });

  it("zooms with the point under the cursor standing still, at the limits too", () => {
    const camera: Camera = { originX: 5, originY: -3, scale: 2 };
    for (const factor of [1.2, 0.5, 1e6, 1e-6]) {
      const zoomed = zoomAt(camera, 310, 120, factor, 0.25);
      expect(zoomed.scale).toBeGreaterThanOrEqual(0.25);
      expect(zoomed.scale).toBeLessThanOrEqual(MAX_SCALE);
      const [x, y] = toImage(camera, 310, 120);
      expect(toScreen(zoomed, x, y)[0]).toBeCloseTo(310, 6);
      expect(toScreen(zoomed, x, y)[1]).toBeCloseTo(120, 6);
    }
  });

  it("fits the whole image, centred, with its padding", () => {
    const camera = fit(view, { x0: 0, y0: 0, x1: 400, y1: 100 }, 20);
    expect(camera.scale).toBeCloseTo(2.4, 8);
    expect(toScreen(camera, 0, 50)).toEqual([expect.closeTo(20, 6), expect.closeTo(300, 6)]);
    expect(toScreen(camera, 400, 50)[0]).toBeCloseTo(980, 6);
  });

  it("never lets the image leave the view", () => {
    const image = { width: 400, height: 300 };
    for (const [dx, dy] of [[9e4, 0], [-9e4, 0], [0, 9e4], [0, -9e4]]) {
      const moved = clamp(pan(fit(view, { x0: 0, y0: 0, x1: 400, y1: 300 }), dx, dy), view, image);
      const [left, top] = toScreen(moved, 0, 0);
      const [right, bottom] = toScreen(moved, 400, 300);
      expect(Math.min(right, view.width) - Math.max(left, 0)).toBeGreaterThan(63.9);
      expect(Math.min(bottom, view.height) - Math.max(top, 0)).toBeGreaterThan(63.9);
    }
  });

  it("steps along a ladder that meets whole powers of two", () => {
    expect(stepScale(1, 1)).toBeCloseTo(Math.SQRT2, 6);
    expect(stepScale(1.1, 1)).toBeCloseTo(Math.SQRT2, 6);
    expect(stepScale(1.1, -1)).toBeCloseTo(1, 6);
    expect(stepScale(stepScale(4, 1), -1)).toBeCloseTo(4, 6);
  });

  it("zooms out to half of what fits", () => {
    expect(minScale(view, { width: 9520, height: 100 })).toBeCloseTo(0.05, 3);
    expect(minScale(view, { width: 4, height: 4 })).toBe(1);
  });
});
