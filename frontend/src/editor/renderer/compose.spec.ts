import { describe, expect, it } from "vitest";
import { composeLabels } from "./compose";
import { deviceRect, deviceTransform, type LabelStyle } from "./renderer";

const palette = new Uint8Array(256 * 4);
palette.set([200, 10, 20, 255], 4);
palette.set([0, 90, 0, 0], 8);
const plain: LabelStyle = { opacity: 0.4, outlines: false, hatch: false, palette };
const labels = { data: Uint8Array.from([1, 0, 2, 1, 1, 1]), width: 3, height: 2 };

function compose(style: LabelStyle, part = { x0: 0, y0: 0, x1: 30, y1: 20 }, scale = 10): (x: number, y: number) => number[] {
  const across = part.x1 - part.x0;
  const out = new Uint8ClampedArray(across * (part.y1 - part.y0) * 4);
  composeLabels(out, part, { scale, x: 0, y: 0 }, 1, labels, style);
  return (x, y) => [...out.subarray(((y - part.y0) * across + x - part.x0) * 4).subarray(0, 4)];
}

describe("composeLabels", () => {
  it("magnifies pixels to crisp squares in their class colour", () => {
    const at = compose(plain);
    expect([at(0, 0), at(9, 9), at(9, 10)]).toEqual([[200, 10, 20, 102], [200, 10, 20, 102], [200, 10, 20, 102]]);
    expect([at(10, 0), at(19, 9)]).toEqual([[0, 0, 0, 0], [0, 0, 0, 0]]);
  });

  it("hides a class whose palette entry is transparent", () => {
    expect(compose(plain)(25, 5)[3]).toBe(0);
  });

  it("outlines where classes meet, and not inside", () => {
    const at = compose({ ...plain, outlines: true });
    expect([at(9, 5)[3], at(5, 5)[3], at(5, 9)[3], at(15, 10)[3]]).toEqual([255, 102, 102, 255]);
  });

  it("stripes unlabeled pixels only", () => {
    const at = compose({ ...plain, hatch: true });
    const alphas = new Set(Array.from({ length: 10 }, (_, x) => at(10 + x, 5)[3]));
    expect(alphas).toEqual(new Set([0, 128, 153]));
    expect(at(5, 5)[3]).toBe(102);
  });

  it("gives the same pixels for a part as for the whole", () => {
    const style = { ...plain, outlines: true, hatch: true };
    const [whole, part] = [compose(style), compose(style, { x0: 7, y0: 3, x1: 22, y1: 14 })];
    for (let y = 3; y < 14; y++) for (let x = 7; x < 22; x++) expect(part(x, y)).toEqual(whole(x, y));
  });
});

describe("device pixels", () => {
  it("lie on whole pixels once the image is magnified, so that squares stay square", () => {
    expect(deviceTransform({ camera: { originX: 1.23, originY: 4.56, scale: 3 }, ratio: 2 })).toEqual({ scale: 6, x: -7, y: -27 });
  });

  it("cover the damaged image pixels and stay in the view", () => {
    const transform = { scale: 2.5, x: 10, y: -20 };
    expect(deviceRect({ x0: 1, y0: 2, x1: 3, y1: 40 }, transform, { width: 100, height: 60 }, 2)).toEqual({ x0: 10, y0: 0, x1: 20, y1: 60 });
  });
});
