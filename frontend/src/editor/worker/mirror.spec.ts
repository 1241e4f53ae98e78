import { describe, expect, it } from "vitest";
import { LabelMap } from "../document/label-map";
import { integers } from "../test-random";
import { MirrorCopy, MirrorSource } from "./mirror";

describe("a document's mirror", () => {
  it.each([1, 2, 3])("is the document after gestures, half ones, cancelled ones, undo, redo and other bytes (seed %i)", (seed) => {
    const pick = integers(seed);
    const [width, height] = [200 + pick(500), 200 + pick(500)];
    const map = new LabelMap(width, height);
    const source = new MirrorSource(map);
    const copy = new MirrorCopy(width, height);
    for (let step = 0; step < 60; step++) {
      const what = pick(8);
      if (what === 0) map.undo();
      else if (what === 1) map.redo();
      else if (what === 2) map.replace(new Uint8Array(width * height).fill(pick(3)));
      else {
        const gesture = map.begin("over");
        for (let span = 0; span < 9; span++) gesture.span(pick(height), pick(width) - 20, pick(width), pick(5));
        gesture.flush();
        if (pick(3) === 0) copy.put(source.take());
        if (pick(3) === 0) gesture.cancel();
        else gesture.commit();
      }
      copy.put(source.take());
      expect(Buffer.compare(copy.data, map.data)).toBe(0);
    }
  });

  it("costs a stroke the tiles that it touched", () => {
    const map = new LabelMap(4096, 4096);
    const source = new MirrorSource(map);
    expect(source.take().tiles).toHaveLength(256);
    expect(source.take().tiles).toHaveLength(0);
    const gesture = map.begin("over");
    gesture.span(300, 250, 260, 1);
    gesture.commit();
    const { tiles, pixels } = source.take();
    expect([...tiles]).toEqual([16, 17]);
    expect(pixels).toHaveLength(2 * 256 * 256);
  });
});
