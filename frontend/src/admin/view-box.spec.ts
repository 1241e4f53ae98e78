import { describe, expect, it } from "vitest";
import { fit, pan, zoomAt } from "./view-box";

describe("ViewBox", () => {
  it("fits the longer side and centres the other", () => {
    expect(fit({ width: 400, height: 100 }, { width: 224, height: 124 })).toEqual({ scale: 0.5, x: 12, y: 37 });
  });

  it("keeps the image point under the pointer while zooming", () => {
    const box = { scale: 2, x: 10, y: -30 };
    const imageX = (200 - box.x) / box.scale;
    const zoomed = zoomAt(box, 1.7, 200, 90, 1);
    expect(imageX * zoomed.scale + zoomed.x).toBeCloseTo(200);
  });

  it("stays between its limits", () => {
    expect(zoomAt({ scale: 39, x: 0, y: 0 }, 9, 0, 0, 1).scale).toBe(40);
    expect(zoomAt({ scale: 1, x: 0, y: 0 }, 0.0001, 0, 0, 1).scale).toBe(0.125);
  });

  it("pans without zooming", () => {
    expect(pan({ scale: 2, x: 1, y: 2 }, 5, -5)).toEqual({ scale: 2, x: 6, y: -3 });
  });
});
