import { deflateSync } from "node:zlib";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { integers } from "../test-random";
import { crc32 } from "./crc";
import { buildPalette } from "./palette";
import { decodePng, encodePng, PngError } from "./png";

const white = buildPalette([]);

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(body.length);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), out.length - 4);
  return out;
}

/** A PNG by hand: `rows` are filter byte and packed pixels. */
function png(width: number, height: number, depth: number, kind: number, rows: Uint8Array, interlace = 0): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, kind, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...(kind === 3 ? [chunk("PLTE", white)] : []),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Forward filters as the specification writes them, one row at a time. */
function filtered(data: Uint8Array, width: number, height: number, filters: number[]): Uint8Array {
  const out = new Uint8Array((width + 1) * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : data[y * width + x]);
  for (let y = 0; y < height; y++) {
    const filter = filters[y % filters.length];
    out[y * (width + 1)] = filter;
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)];
      const p = a + b - c;
      const nearest = [a, b, c].reduce((best, value) => (Math.abs(p - value) < Math.abs(p - best) ? value : best));
      const guess = [0, a, b, (a + b) >> 1, nearest][filter];
      out[y * (width + 1) + 1 + x] = at(x, y) - guess;
    }
  }
  return out;
}

describe("PNG codec", () => {
  it("gives back every raster it wrote", async () => {
    const pick = integers(21);
    for (let round = 0; round < 25; round++) {
      const [width, height] = [1 + pick(90), 1 + pick(70)];
      const classes = round % 2 === 0 ? 256 : 3;
      const data = Uint8Array.from({ length: width * height }, () => pick(classes));
      const palette = Uint8Array.from({ length: 768 }, () => pick(256));
      const image = await decodePng(await encodePng(data, width, height, palette));
      expect([image.width, image.height]).toEqual([width, height]);
      expect(Buffer.compare(image.data, data)).toBe(0);
      expect([...(image.palette ?? [])]).toEqual([...palette]);
    }
  });

  it.each([0, 1, 2, 3, 4])("undoes filter %i", async (filter) => {
    const pick = integers(30 + filter);
    const data = Uint8Array.from({ length: 37 * 29 }, () => pick(256));
    const image = await decodePng(png(37, 29, 8, 3, filtered(data, 37, 29, [filter])));
    expect(Buffer.compare(image.data, data)).toBe(0);
  });

  it("undoes filters that change from row to row, in grey too", async () => {
    const pick = integers(40);
    const data = Uint8Array.from({ length: 64 * 64 }, () => pick(8));
    const image = await decodePng(png(64, 64, 8, 0, filtered(data, 64, 64, [4, 3, 1, 2, 0])));
    expect(Buffer.compare(image.data, data)).toBe(0);
    expect(image.palette).toBeNull();
  });

  it.each([
    [1, [0b10110100, 0b10000000], [1, 0, 1, 1, 0, 1, 0, 0, 1]],
    [2, [0b00011011, 0b11100100, 0b01000000], [0, 1, 2, 3, 3, 2, 1, 0, 1]],
    [4, [0x01, 0x2f, 0xe3, 0x45, 0x60], [0, 1, 2, 15, 14, 3, 4, 5, 6]],
  ])("unpacks %i-bit pixels", async (depth, packed, expected) => {
    const image = await decodePng(png(9, 1, depth, 3, Uint8Array.from([0, ...packed])));
    expect([...image.data]).toEqual(expected);
  });

  it("puts class colours at their index and white elsewhere", () => {
    const palette = buildPalette([{ index: 2, color: "#2CA02c" }, { index: 255, color: "#000000" }]);
    expect([...palette.subarray(0, 9)]).toEqual([255, 255, 255, 255, 255, 255, 44, 160, 44]);
    expect([...palette.subarray(762)]).toEqual([255, 255, 255, 0, 0, 0]);
    expect(() => buildPalette([{ index: 1, color: "red" }])).toThrow(RangeError);
  });

  it("says what is wrong with a file it cannot read", async () => {
    const good = await encodePng(new Uint8Array(12), 4, 3, white);
    const broken = (change: (bytes: Uint8Array) => Uint8Array) => decodePng(change(good.slice()));
    await expect(broken((bytes) => bytes.subarray(3))).rejects.toThrow("not a PNG");
    await expect(broken((bytes) => bytes.subarray(0, bytes.length - 20))).rejects.toThrow("too early");
    await expect(broken((bytes) => ((bytes[60] ^= 1), bytes))).rejects.toThrow("damaged");
    await expect(decodePng(png(4, 4, 8, 2, new Uint8Array(52)))).rejects.toThrow("palette image or 8-bit grey");
    await expect(decodePng(png(4, 4, 8, 3, new Uint8Array(20), 1))).rejects.toThrow("interlaced");
    await expect(decodePng(png(4, 4, 8, 3, new Uint8Array(19)))).rejects.toThrow("ends too early");
    await expect(decodePng(png(4, 4, 8, 3, new Uint8Array(900_000)))).rejects.toThrow("longer than");
    await expect(decodePng(png(4, 1, 8, 3, Uint8Array.from([9, 1, 2, 3, 4])))).rejects.toThrow("unknown filter");
    await expect(decodePng(png(60_000, 60_000, 8, 3, new Uint8Array(5)))).rejects.toThrow("more than a mask");
    await expect(decodePng(new Uint8Array(0))).rejects.toBeInstanceOf(PngError);
  });
});

interface Golden {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly indices: string;
  readonly palette: Readonly<Record<string, string>>;
}

describe("golden masks, shared with Python", () => {
  const folder = new URL("../../../../tests/golden/masks/", import.meta.url);
  const golden = JSON.parse(readFileSync(new URL("golden.json", folder), "utf8")) as Golden[];

  it("lists every file of the folder", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".png"));
    expect(golden.map((entry) => entry.file).sort()).toEqual(files.sort());
  });

  it.each(golden)("reads $file as Python does", async ({ file, width, height, indices, palette }) => {
    const image = await decodePng(readFileSync(new URL(file, folder)));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(Buffer.compare(image.data, Buffer.from(indices, "base64"))).toBe(0);
    const stored = image.palette;
    for (const [index, color] of Object.entries(palette)) {
      const rgb = stored?.subarray(Number(index) * 3, Number(index) * 3 + 3);
      expect(`#${Buffer.from(rgb ?? []).toString("hex")}`, `entry ${index}`).toBe(color);
    }
  });

  it("writes the palette Python writes", async () => {
    for (const { file, palette } of golden.filter((entry) => !entry.file.includes("bit"))) {
      const ours = buildPalette(Object.entries(palette).map(([index, color]) => ({ index: Number(index), color })));
      const theirs = await decodePng(readFileSync(new URL(file, folder)));
      expect([...(theirs.palette ?? [])], file).toEqual([...ours]);
    }
  });
});
