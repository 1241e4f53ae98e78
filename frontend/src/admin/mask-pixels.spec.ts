import { describe, expect, it } from "vitest";
import { colour } from "./mask-pixels";

const colors = new Map([
  [0, "#ffffff"],
  [1, "#ff0080"],
  [2, "#0a141e"],
]);

describe("colour", () => {
  it("gives classes their colour and leaves background and unknown indices clear", () => {
    const { rgba } = colour({ data: Uint8Array.of(0, 1, 2, 9), width: 4, height: 1 }, colors);
    expect([...rgba]).toEqual([0, 0, 0, 0, 255, 0, 128, 255, 10, 20, 30, 255, 0, 0, 0, 0]);
  });

  it("takes every n-th pixel of a large mask", () => {
    const data = Uint8Array.of(1, 0, 2, 0, 0, 0, 0, 0, 2, 0, 1, 0);
    const small = colour({ data, width: 4, height: 3 }, colors, 4);
    expect(small).toMatchObject({ width: 2, height: 2 });
    expect([...small.rgba].filter((_, index) => index % 4 === 0)).toEqual([255, 10, 10, 255]);
  });
});
