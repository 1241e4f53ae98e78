import { describe, expect, it } from "vitest";
import { withoutExif } from "./orientation";

const part = (marker: number, body: number[]): number[] => [0xff, marker, 0, body.length + 2, ...body];
const exif = part(0xe1, [0x45, 0x78, 0x69, 0x66, 0, 0, 1, 2, 3]);
const join = (parts: Uint8Array[]): number[] => parts.flatMap((bytes) => [...bytes]);

describe("withoutExif", () => {
  it("takes EXIF out of a JPEG and leaves every other byte", () => {
    const start = [0xff, 0xd8];
    const jfif = part(0xe0, [1, 2, 3]);
    const xmp = part(0xe1, [0x68, 0x74, 0x74, 0x70]);
    const rest = [...part(0xda, [9]), 1, 0xff, 0xe1, 0, 4, 0x45, 0x78, 0xff, 0xd9];
    const file = Uint8Array.from([...start, ...jfif, ...exif, ...xmp, ...exif, ...rest]);
    expect(join(withoutExif(file))).toEqual([...start, ...jfif, ...xmp, ...rest]);
  });

  it("takes the eXIf part out of a PNG", () => {
    const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
    const chunk = (name: string, body: number[]): number[] => [0, 0, 0, body.length, ...Buffer.from(name), ...body, 7, 7, 7, 7];
    const file = Uint8Array.from([...signature, ...chunk("IHDR", [1, 2]), ...chunk("eXIf", [3]), ...chunk("IEND", [])]);
    expect(join(withoutExif(file))).toEqual([...signature, ...chunk("IHDR", [1, 2]), ...chunk("IEND", [])]);
  });

  it("leaves other and damaged files alone", () => {
    for (const bytes of [[], [0xff], [0xff, 0xd8, 0xff], [1, 2, 3, 4]]) {
      expect(join(withoutExif(Uint8Array.from(bytes)))).toEqual(bytes);
    }
  });
});
