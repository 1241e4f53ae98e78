import { describe, expect, it } from "vitest";
import { TOOLS } from "../tools/registry";
import { keyOf, showKey, type KeyLike } from "./keys";
import { ACTIONS } from "./registry";
import { buildKeymap } from "./shortcuts";

const press = (key: string, held: Partial<KeyLike> = {}): string =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("keys", () => {
  it("are named alike for Ctrl and Cmd, and by the sign whatever makes it", () => {
    expect(press("Z", { metaKey: true, shiftKey: true })).toBe("mod+shift+z");
    expect(press("z", { ctrlKey: true })).toBe("mod+z");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("P", { shiftKey: true })).toBe("shift+p");
    expect(press(" ")).toBe("space");
  });

  it("are shown as people read them", () => {
    expect(showKey("mod+shift+z", false)).toBe("Ctrl+Shift+Z");
    expect(showKey("mod+shift+z", true)).toBe("⌘⇧Z");
    expect(showKey("+", false)).toBe("+");
  });
});

describe("keymap", () => {
  const category = (index: number, key = "") => ({ index, name: `c${index}`, color: "#000000", key, description: "" });

  it("gives every tool and action its own key", () => {
    const all = [...TOOLS.map((tool) => tool.key), ...ACTIONS.flatMap((action) => action.keys)];
    expect(new Set(all).size).toBe(all.length);
  });

  it("lets a task's class key win over a tool's, which moves to Shift", () => {
    const categories = [category(1, "b"), category(2), category(3, "1"), category(4)];
    const keymap = buildKeymap(TOOLS, ACTIONS, categories);
    expect(keymap.commands.get("b")).toEqual({ kind: "category", category: categories[0] });
    expect(keymap.commands.get("shift+b")).toEqual({ kind: "tool", tool: TOOLS[0] });
    expect(keymap.keyFor(TOOLS[0])).toBe("shift+b");
    expect(categories.map((one) => keymap.keyFor(one))).toEqual(["b", "2", "1", "4"]);
  });

  it("chooses by digit, too, a class that has a letter", () => {
    const categories = [category(7, "c"), category(8, "d")];
    const keymap = buildKeymap(TOOLS, ACTIONS, categories);
    expect(keymap.commands.get("2")).toEqual({ kind: "category", category: categories[1] });
    expect(keymap.keyFor(categories[1])).toBe("d");
  });

  it("leaves classes beyond the digits without a key", () => {
    const categories = Array.from({ length: 12 }, (_, at) => category(at + 1));
    const keymap = buildKeymap([], [], categories);
    expect(categories.map((one) => keymap.keyFor(one)).slice(7)).toEqual(["8", "9", null, null, null]);
  });
});
