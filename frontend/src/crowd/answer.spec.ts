import { describe, expect, it } from "vitest";
import { assemble } from "./answer";

describe("a form's answer", () => {
  it("joins boxes of one name, as the documentation's example", () => {
    expect(
      assemble([
        { name: "image_attributes", value: { blurry: true } },
        { name: "image_attributes", value: { dim: true } },
        { name: "image_attributes", value: { exposed: false } },
      ]),
    ).toEqual({ image_attributes: { blurry: true, dim: true, exposed: false } });
  });

  it("keeps boxes of different names apart", () => {
    const parts = [
      { name: "Stop", value: { Red: true } },
      { name: "Slow", value: { Yellow: false } },
      { name: "Go", value: { Green: false } },
    ];
    expect(assemble(parts)).toEqual({ Stop: { Red: true }, Slow: { Yellow: false }, Go: { Green: false } });
  });

  it("takes the last of other fields with one name", () => {
    expect(assemble([{ name: "tag", value: "a" }, { name: "tag", value: "b" }])).toEqual({ tag: "b" });
    expect(assemble([{ name: "c", value: { label: "a" } }, { name: "c", value: { label: "b" } }])).toEqual({ c: { label: "b" } });
  });

  it("takes a name that every object has as any other", () => {
    const answer = assemble([{ name: "__proto__", value: "x" }, { name: "constructor", value: "y" }]);
    expect(Object.keys(answer)).toEqual(["__proto__", "constructor"]);
  });
});
