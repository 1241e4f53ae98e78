import { describe, expect, it } from "vitest";
import { readCategories, readTemplate, type PreviewData } from "./template-form";

const category = (index: number, name: string): PreviewData["categories"][number] => ({
  index,
  name,
  color: "#112233",
  key: "",
  description: "",
});

const data: PreviewData = {
  image: { url: "/photo", width: 4, height: 3 },
  categories: [category(1, "cat")],
  template: {
    title: "Old",
    instructions_html: "<p>Old</p>",
    tools: ["brush"],
    allow_empty: true,
    allow_impossible: true,
    require_full_coverage: false,
  },
  label_sets: { two: [category(1, "cup"), category(2, "vase")] },
};

const form = (...entries: [string, string][]): FormData => {
  const found = new FormData();
  for (const [name, value] of entries) found.append(name, value);
  return found;
};

describe("readTemplate", () => {
  it("reads what the form has and keeps the rest", () => {
    const fields = new Set(["title", "tools", "allow_empty"]);
    const template = readTemplate(form(["title", "New"], ["tools", "brush"], ["tools", "fill"]), fields, data);
    expect(template).toEqual({ ...data.template, title: "New", tools: ["brush", "fill"], allow_empty: false });
  });
});

describe("readCategories", () => {
  it("takes the rows of a table, ordered, without deleted and unnamed ones", () => {
    const rows = form(
      ["form-TOTAL_FORMS", "4"],
      ["form-0-name", "dog"], ["form-0-color", "#000001"], ["form-0-ORDER", "2"],
      ["form-1-name", "cat"], ["form-1-color", "#000002"], ["form-1-ORDER", "1"], ["form-1-key", "c"],
      ["form-2-name", "old"], ["form-2-color", "#000003"], ["form-2-DELETE", "on"],
      ["form-3-name", ""], ["form-3-color", "#000004"],
    );
    expect(readCategories(rows, data).map(({ index, name, key }) => [index, name, key])).toEqual([
      [1, "cat", "c"],
      [2, "dog", ""],
    ]);
  });

  it("keeps the indices that rows have", () => {
    const rows = form(["c-0-name", "dog"], ["c-0-color", "#000001"], ["c-0-index", "7"]);
    expect(readCategories(rows, data)[0]?.index).toBe(7);
  });

  it("follows the chosen label set, and falls back to the page's own", () => {
    expect(readCategories(form(["label_set", "two"]), data)).toHaveLength(2);
    expect(readCategories(form(["label_set", "unknown"]), data)).toEqual(data.categories);
  });
});
