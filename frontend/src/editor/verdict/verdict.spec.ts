import { describe, expect, it } from "vitest";
import { verdictCommands, VerdictDesk } from "./desk";

const CHOICES = [
  { index: 1, name: "good", color: "#2ca02c", key: "g", description: "" },
  { index: 2, name: "bad", color: "#d62728", key: "", description: "" },
];

describe("a verdict", () => {
  it("is nothing before something is chosen, and then that with its comment", () => {
    const desk = new VerdictDesk(CHOICES);
    expect(desk.content).toBeNull();
    desk.choose("bad");
    desk.comment.value = "  too dark ";
    expect(desk.content).toEqual({ label: "bad", comment: "too dark" });
  });

  it("is chosen by a label's own key or by its number", () => {
    const desk = new VerdictDesk(CHOICES);
    const commands = verdictCommands(desk);
    expect(commands.map(({ keys }) => keys)).toEqual([["g", "1"], ["2"]]);
    commands[1]?.run();
    expect(desk.chosen.value).toBe("bad");
  });
});
