import { describe, expect, it } from "vitest";
import { LooseJsonError, parseLoose, readStrings } from "./loose-json";

describe("loose JSON", () => {
  it.each([
    ["['Cat','Dog']", ["Cat", "Dog"]],
    ['["Cat", "Dog",]', ["Cat", "Dog"]],
    ["{ text: 'None of the above' }", { text: "None of the above" }],
    ["{'src' : 'https://x/y?a=1&b=2', 'labelMappings': {\n \"Bird\": {\n 'color': \"#ff7f0e\"\n },\n \n } }",
      { src: "https://x/y?a=1&b=2", labelMappings: { Bird: { color: "#ff7f0e" } } }],
    ["'it\\'s \\u00e4 \\x41 \\\n line'", "it's ä A  line"],
    ["[+1, -.5, 0x1F, 2., 1e3]", [1, -0.5, 31, 2, 1000]],
    ["/* a */ [ // b\n true, null ]", [true, null]],
    ["{a: 1, b_2: {$c: []}}", { a: 1, b_2: { $c: [] } }],
    ["{'src': https://x.example/a.png?b=1&c=2, 'n': 1}", { src: "https://x.example/a.png?b=1&c=2", n: 1 }],
    ["{}", {}],
    ["[]", []],
  ])("reads %s", (text, value) => {
    expect(parseLoose(text)).toEqual(value);
  });

  it.each(["", "[", "['a'", "{a}", "{a:}", "[1 2]", "['a'] x", "[,]", "cat", "'open", "'\\u12'", "[".repeat(99) + "'a'" + "]".repeat(99)])(
    "refuses %s", (text) => {
      expect(() => parseLoose(text)).toThrow(LooseJsonError);
    },
  );

  it("never touches a prototype", () => {
    const found = parseLoose("{'__proto__': {admin: true}}") as Record<string, unknown>;
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.keys(found)).toEqual(["__proto__"]);
  });

  it("reads whatever JSON reads, the same way", () => {
    const value = { a: [1, "x", { b: null }], "c d": "\"'\\\n" };
    expect(parseLoose(JSON.stringify(value))).toEqual(value);
  });
});

describe("a list of labels", () => {
  it("keeps each name once", () => {
    expect(readStrings("['a', 'b', 'a', 7, {}, '']")).toEqual(["a", "b", "7"]);
  });

  it("is null where there is none", () => {
    expect([readStrings(null), readStrings(" "), readStrings("Cat, Dog"), readStrings("{a: 1}")]).toEqual([null, null, null, null]);
  });
});
