import { describe, expect, it } from "vitest";
import { choose } from "./local-files";

const found = (...paths: string[]): { path: string; file: File }[] =>
  paths.map((path) => ({ path, file: new File(["12345"], path) }));

describe("choose", () => {
  it("keeps photos, whatever the case of their ending, and names the rest", () => {
    const chosen = choose(
      found("May/a.JPG", "/May/b.png", "May/notes.txt", "May/.DS_Store", "May/.thumbs/c.png"),
      [".jpg", ".png"],
    );
    expect(chosen.files.map(({ name, size }) => [name, size])).toEqual([
      ["May/a.JPG", 5],
      ["May/b.png", 5],
    ]);
    expect(chosen.ignored).toEqual(["May/notes.txt", "May/.DS_Store", "May/.thumbs/c.png"]);
  });

  it("composes names, so that the same folder from another system is the same", () => {
    const [file] = choose(found("cafe\u0301.png"), [".png"]).files;
    expect(file?.name).toBe("caf\u00e9.png");
  });
});
