import { afterEach, expect, it, vi } from "vitest";
import { randomUuid } from "./uuid";

afterEach(() => vi.unstubAllGlobals());

it("is one of version 4, also without the browser's own", () => {
  const real = crypto;
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes) });
  const made = Array.from({ length: 100 }, randomUuid);
  expect(made.every((one) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(one))).toBe(true);
  expect(new Set(made).size).toBe(100);
});
