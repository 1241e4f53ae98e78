import { expect, it } from "vitest";
import { showAnswer } from "./shown-answer";

it("cuts a mask's picture and nothing else", () => {
  const text = "x".repeat(200);
  const answer = { a: { labeledImage: { pngImageData: "iVBORw0KGgoAAAANSUhEUgAAAyA" + text }, note: text } };
  const shown = JSON.parse(showAnswer(answer, (count) => `(${count})`)) as typeof answer;
  expect(shown.a.labeledImage.pngImageData).toBe("iVBORw0KGgoAAAANSUhEUgAA… (227)");
  expect(shown.a.note).toBe(text);
  expect(JSON.parse(showAnswer({ pngImageData: "short" }, String))).toEqual({ pngImageData: "short" });
});
