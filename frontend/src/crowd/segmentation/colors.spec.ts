import { expect, it } from "vitest";
import { colorAt, freeColor } from "./colors";

it("gives 255 labels 255 colours, none of them white", () => {
  const colors = Array.from({ length: 255 }, (_, at) => colorAt(at));
  expect(new Set(colors).size).toBe(255);
  expect(colors.every((color) => /^#[0-9a-f]{6}$/.test(color) && color !== "#ffffff")).toBe(true);
});

it("begins as Ground Truth does, and passes over what is taken", () => {
  expect([0, 1, 2, 3, 4].map(colorAt)).toEqual(["#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd"]);
  expect(freeColor(new Set(["#2ca02c", "#1f77b4"]))).toBe("#ff7f0e");
});
