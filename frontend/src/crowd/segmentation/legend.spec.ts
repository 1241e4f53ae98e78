import { expect, it } from "vitest";
import { colorsOf, instancesOf } from "./legend";

it("reads label mappings, without background and what is no colour", () => {
  const mappings = { Cat: { color: "#2CA02C" }, BACKGROUND: { color: "#ffffff" }, Dog: { color: "red" }, Bird: "#000000", Cow: null };
  expect([...colorsOf(mappings)]).toEqual([["Cat", "#2ca02c"]]);
  expect([colorsOf(null), colorsOf("x"), colorsOf([1])].map(({ size }) => size)).toEqual([0, 0, 0]);
});

it("reads instances, each colour once", () => {
  const given = [{ label: "Cat", color: "#2ca02c" }, { label: "Cat", color: "#1f77b4" }, { label: "Dog", color: "#2ca02c" }, { label: 1, color: "#000000" }, 7];
  expect(instancesOf(given)).toEqual([{ label: "Cat", color: "#2ca02c" }, { label: "Cat", color: "#1f77b4" }]);
  expect(instancesOf({})).toEqual([]);
});
