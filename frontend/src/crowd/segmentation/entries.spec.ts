import { describe, expect, it } from "vitest";
import { InstanceEntries, LabelEntries } from "./entries";

describe("labels", () => {
  it("keep index and colour however the list changes", () => {
    const entries = new LabelEntries();
    entries.set(["Cat", "Dog"]);
    expect(entries.set(["Dog", "Bird"])).toEqual([
      { index: 2, label: "Dog", color: "#1f77b4" },
      { index: 3, label: "Bird", color: "#ff7f0e" },
    ]);
    expect(entries.set(["Cat"])).toEqual([{ index: 1, label: "Cat", color: "#2ca02c" }]);
  });

  it("take the colours of an earlier task, and others get none of them", () => {
    const entries = new LabelEntries();
    const colors = new Map([["Dog", "#2ca02c"]]);
    expect(entries.set(["Cat", "Dog"], colors).map(({ color }) => color)).toEqual(["#1f77b4", "#2ca02c"]);
  });

  it("are no more than a mask has indices", () => {
    const labels = Array.from({ length: 300 }, (_, at) => `label ${at}`);
    expect(new LabelEntries().set(labels)).toHaveLength(255);
  });
});

describe("instances", () => {
  it("begin with one of each label, and more can be added", () => {
    const entries = new InstanceEntries();
    entries.set(["Cat", "Dog"]);
    entries.add("Cat");
    expect(entries.set(["Cat", "Dog"]).map((one) => entries.nameOf(one))).toEqual(["Cat 1", "Cat 2", "Dog 1"]);
    expect(new Set(entries.current.map(({ color }) => color)).size).toBe(3);
  });

  it("go with their label, whose indices are not used again", () => {
    const entries = new InstanceEntries();
    entries.set(["Cat", "Dog"]);
    expect(entries.set(["Dog", "Bird"]).map(({ index }) => index)).toEqual([2, 3]);
  });
});
