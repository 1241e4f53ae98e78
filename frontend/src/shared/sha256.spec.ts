import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256, sha256Hex } from "./sha256";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("sha256", () => {
  // Around the block and padding boundaries, and one that spans many blocks.
  it.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 100_003])("agrees with Node for %i bytes", async (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + 7) % 256);
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(hex(sha256(bytes))).toBe(expected);
    expect(await sha256Hex(bytes)).toBe(expected);
  });
});
