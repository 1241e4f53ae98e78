import { beforeEach, describe, expect, it, vi } from "vitest";
import { firstClass, keepClass } from "./class-choice";

const category = (index: number, name: string) => ({ index, name, color: "#000000", key: "", description: "" });
const street = [category(1, "road"), category(2, "car"), category(3, "sky")];
const kitchen = [category(1, "sky"), category(2, "cup"), category(3, "car")];

describe("the class painted with", () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
  });

  it("is a job's own, found again by its name wherever it stands", () => {
    keepClass("street", street, 3);
    expect(firstClass("street", street)).toBe(3);
    expect(firstClass("street", [category(5, "sky"), ...street.slice(0, 2)])).toBe(5);
    expect(firstClass("kitchen", kitchen)).toBe(1);
  });

  it("is the first when the one chosen is no class any more, and none without classes", () => {
    keepClass("street", street, 2);
    expect(firstClass("street", [category(4, "lorry"), category(9, "sky")])).toBe(4);
    expect(firstClass("street", [])).toBe(0);
  });

  it("is one person's: who signs in next in this browser begins with the first", () => {
    const page = { person: "ada" };
    vi.stubGlobal("document", { querySelector: () => ({ content: page.person }) });
    keepClass("street", street, 2);
    page.person = "ben";
    expect(firstClass("street", street)).toBe(1);
    page.person = "ada";
    expect(firstClass("street", street)).toBe(2);
    vi.unstubAllGlobals();
  });

  it("is forgotten for the jobs of long ago only", () => {
    keepClass("oldest", street, 2);
    for (let at = 0; at < 100; at++) keepClass(`job-${at}`, street, 2);
    expect([firstClass("oldest", street), firstClass("job-0", street)]).toEqual([1, 2]);
  });
});
