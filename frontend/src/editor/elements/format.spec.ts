import { describe, expect, it } from "vitest";
import { countdown, share, zoomText } from "./format";

describe("share", () => {
  it.each([
    [0, 100, "0%"], [100, 100, "100%"], [1, 1_000_000, "< 0.1%"], [999_999, 1_000_000, "> 99.9%"],
    [34, 1000, "3.4%"], [1, 3, "33%"], [995, 1000, "99.5%"], [0, 0, "0%"],
  ])("%i of %i is %s", (part, whole, text) => expect(share(part, whole)).toBe(text));
});

describe("countdown", () => {
  it.each([[3_725_000, "1:02:05"], [2_590_000, "43:10"], [6_100, "0:07"], [-5, "0:00"]])("%i ms is %s", (ms, text) =>
    expect(countdown(ms)).toBe(text));
});

describe("zoomText", () => {
  it("has a decimal only where it matters", () => {
    expect([zoomText(1), zoomText(0.0625), zoomText(16)]).toEqual(["100%", "6.3%", "1,600%"]);
  });
});
