import { expect, it } from "vitest";
import { parseLoose } from "../loose-json";
import { boxLabels, readOverlay } from "./overlay";

it("reads the documentation's boxes", () => {
  const text = `{ "boundingBox": { labels: ["bird", "cat"], value: [
    { height: 284, label: "bird", left: 230, top: 974, width: 223 },
    { height: 69, label: "bird", left: 79, top: 889, width: 247 } ] }, }`;
  const overlay = readOverlay(parseLoose(text));
  expect(overlay.boxes).toHaveLength(2);
  expect(overlay.boxes[0]).toEqual({ left: 230, top: 974, width: 223, height: 284, label: "bird" });
  expect(boxLabels(overlay)).toEqual(["bird"]);
  expect(overlay.mask).toBeNull();
});

it("reads the documentation's mask and its colours", () => {
  const text = `{ "semanticSegmentation": { "labels": ["Cat"], "labelMappings": { "Bird": { "color": "#ff7f0e" }, "Cat": { "color": "#2CA02C" } },
    "src": "https://x.example/mask.png", } }`;
  expect(readOverlay(parseLoose(text))).toEqual({
    mask: "https://x.example/mask.png", boxes: [],
    legend: [{ label: "Bird", color: "#ff7f0e" }, { label: "Cat", color: "#2ca02c" }],
  });
});

it("reads instances, one colour each", () => {
  const text = `{"instanceSegmentation": {"instances": [{"color": "#2ca02c", "label": "Cat"}, {"color": "#1f77b4", "label": "Cat"}], "src": "m.png"}}`;
  expect(readOverlay(parseLoose(text)).legend.map(({ label }) => label)).toEqual(["Cat", "Cat"]);
});

it("leaves out what is none", () => {
  expect(readOverlay(null)).toEqual({ mask: null, boxes: [], legend: [] });
  expect(readOverlay({ semanticSegmentation: { src: 7, labelMappings: { a: { color: "url(x)" } } }, boundingBox: { value: [{ left: "x" }] } }))
    .toEqual({ mask: null, boxes: [], legend: [] });
});
