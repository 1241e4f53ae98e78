import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { integers } from "../test-random";
import { deflateRows, RunDeflater } from "./deflate";
import { codeLengths } from "./huffman";

/** The rows as another reader of zlib streams gives them, with the filters undone. */
function rowsOf(stream: Uint8Array, width: number, height: number): Uint8Array {
  const raw = inflateSync(stream);
  const data = new Uint8Array(width * height);
  expect(raw.length).toBe((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const up = filter === 2 ? data[(y - 1) * width + x] : 0;
      data[y * width + x] = raw[y * (width + 1) + 1 + x] + up;
    }
  }
  return data;
}

describe("deflateRows", () => {
  it.each([[1, 1], [3, 5], [4, 4], [257, 40], [260, 33], [1024, 9]])("is read by others: noise, cells and flat masks of %i x %i", (width, height) => {
    const pick = integers(width * height);
    const masks = [
      new Uint8Array(width * height),
      new Uint8Array(width * height).fill(255),
      Uint8Array.from({ length: width * height }, () => pick(256)),
      Uint8Array.from({ length: width * height }, (_, at) => Math.floor((at % width) / 9) + Math.floor(at / width / 5)),
    ];
    for (const mask of masks) expect(Buffer.compare(rowsOf(deflateRows(mask, width, height), width, height), mask)).toBe(0);
  });

  it("is read by others when one block is not enough", () => {
    const pick = integers(9);
    const mask = Uint8Array.from({ length: 700 * 500 }, () => pick(7) ** 2 * 5);
    expect(Buffer.compare(rowsOf(deflateRows(mask, 700, 500), 700, 500), mask)).toBe(0);
  });

  it("takes a mask that does not begin at its buffer's beginning", () => {
    const buffer = new Uint8Array(17).fill(3);
    expect([...rowsOf(deflateRows(buffer.subarray(1), 4, 4), 4, 4)]).toEqual(new Array(16).fill(3));
  });

  it("writes runs of every length", () => {
    const out = new RunDeflater();
    const expected: number[] = [];
    for (let length = 1; length < 600; length++) {
      out.run(length & 255, length);
      for (let at = 0; at < length; at++) expected.push(length & 255);
    }
    expect(Buffer.compare(inflateSync(out.finish()), Uint8Array.from(expected))).toBe(0);
  });
});

describe("codeLengths", () => {
  it("keeps to its limit and makes a complete code, however uneven the counts", () => {
    const counts = Uint32Array.from({ length: 40 }, (_, at) => Math.round(1.6 ** at));
    const lengths = codeLengths(counts, 15);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(15);
    expect([...lengths].reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
  });
});
