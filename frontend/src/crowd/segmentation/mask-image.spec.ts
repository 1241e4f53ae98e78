import { expect, it } from "vitest";
import { buildPalette } from "../../editor/codec/palette";
import { encodePng } from "../../editor/codec/png";
import { differs, fromBase64, indexPixels, readMask, toBase64 } from "./mask-image";

const entries = [
  { index: 1, label: "Cat", color: "#2ca02c" },
  { index: 2, label: "Dog", color: "#1f77b4" },
];

it("reads a palette image by its colours, whatever its indices are", async () => {
  const png = await encodePng(Uint8Array.from([0, 7, 9, 3]), 2, 2, buildPalette([{ index: 7, color: "#1F77B4" }, { index: 9, color: "#2ca02c" }, { index: 3, color: "#000001" }]));
  const again = fromBase64(toBase64(png));
  expect(again).not.toBeNull();
  expect(await readMask(again ?? png, entries)).toEqual({ width: 2, height: 2, data: Uint8Array.from([0, 2, 1, 0]) });
});

it("reads pixels by their colours; what is transparent is unlabeled", () => {
  const pixels = new Uint8ClampedArray([0x2c, 0xa0, 0x2c, 255, 0x1f, 0x77, 0xb4, 0, 255, 255, 255, 255, 0x1f, 0x77, 0xb4, 255]);
  expect(indexPixels(pixels, entries)).toEqual(Uint8Array.from([1, 0, 0, 2]));
});

it("sees a difference wherever it is", () => {
  const mask = new Uint8Array(23);
  expect(differs(mask, mask.slice())).toBe(false);
  for (let at = 0; at < mask.length; at++) {
    const other = mask.slice();
    other[at] = 1;
    expect(differs(mask, other)).toBe(true);
    // Not at a whole word of its buffer.
    const shifted = new Uint8Array(24).subarray(1);
    shifted[at] = 1;
    expect(differs(mask, shifted)).toBe(true);
  }
});

it("knows what is no base64", () => {
  expect(fromBase64("%%%")).toBeNull();
  const long = new Uint8Array(100_000).map((_, at) => at % 251);
  expect(fromBase64(toBase64(long))).toEqual(long);
});
