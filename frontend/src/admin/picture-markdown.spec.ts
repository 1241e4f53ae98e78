import { describe, expect, it } from "vitest";
import { withPicture } from "./picture-markdown";

const at = (text: string, name = "cat 1.png"): { text: string; cursor: number } => {
  const start = text.indexOf("|");
  const end = text.lastIndexOf("|") - 1;
  return withPicture(text.replaceAll("|", ""), start, end < start ? start : end, "/a", name);
};

describe("withPicture", () => {
  it("stands in a paragraph of its own, wherever the cursor is", () => {
    expect(at("|").text).toBe("![cat 1](/a)\n\n");
    expect(at("Paint.| Then rest.").text).toBe("Paint.\n\n![cat 1](/a)\n\n Then rest.");
    expect(at("Paint.\n\n|\n\nRest.").text).toBe("Paint.\n\n![cat 1](/a)\n\nRest.");
  });

  it("takes the selected words, and leaves the cursor after the picture", () => {
    const { text, cursor } = at("See |a cat| here");
    expect(text).toBe("See \n\n![a cat](/a)\n\n here");
    expect(text.slice(0, cursor).endsWith("(/a)")).toBe(true);
  });

  it("has no brackets in its words, which would end them", () => {
    expect(at("|", "a [b] c.png").text).toBe("![a  b  c](/a)\n\n");
  });
});
