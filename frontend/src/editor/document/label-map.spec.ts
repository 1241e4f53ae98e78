import { describe, expect, it } from "vitest";
import { integers } from "../test-random";
import { History } from "./history";
import { LabelMap } from "./label-map";
import type { Rect } from "./rect";

function countsOf(data: Uint8Array): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const value of data) counts[value]++;
  return counts;
}

/** The same painting, one pixel at a time. */
function naiveSpan(model: Uint8Array, width: number, height: number, y: number, x0: number, x1: number, value: number, over: boolean): void {
  for (let x = x0; x < x1; x++) {
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    if (over || model[y * width + x] === 0) model[y * width + x] = value;
  }
}

describe("LabelMap", () => {
  it.each([1, 2, 3, 4])("agrees with a naive model over random gestures, undo, redo and cancel (seed %i)", (seed) => {
    const pick = integers(seed);
    const [width, height] = [300 + pick(300), 200 + pick(400)];
    const map = new LabelMap(width, height);
    const seen = map.snapshot();
    map.subscribe((rect: Rect) => {
      for (let y = rect.y0; y < rect.y1; y++) {
        for (let x = rect.x0; x < rect.x1; x++) seen[y * width + x] = map.data[y * width + x];
      }
    });
    const model = new Uint8Array(width * height);
    const past: Uint8Array[] = [];
    let future: Uint8Array[] = [];
    for (let step = 0; step < 120; step++) {
      const what = pick(10);
      if (what < 6) {
        const over = pick(2) === 0;
        const gesture = map.begin(over ? "over" : "unlabeled");
        const before = model.slice();
        for (let span = pick(40); span >= 0; span--) {
          const y = pick(height + 20) - 10;
          const x0 = pick(width + 40) - 20;
          const x1 = x0 + pick(width);
          const value = pick(4);
          gesture.span(y, x0, x1, value);
          naiveSpan(model, width, height, y, x0, x1, value, over);
          if (pick(5) === 0) gesture.flush();
        }
        if (pick(4) === 0) {
          gesture.cancel();
          model.set(before);
        } else {
          gesture.commit();
          if (before.some((value, at) => value !== model[at])) {
            past.push(before);
            future = [];
          }
        }
      } else if (what < 8) {
        expect(map.undo()).toBe(past.length > 0);
        const before = past.pop();
        if (before !== undefined) {
          future.push(model.slice());
          model.set(before);
        }
      } else {
        expect(map.redo()).toBe(future.length > 0);
        const after = future.pop();
        if (after !== undefined) {
          past.push(model.slice());
          model.set(after);
        }
      }
      expect(Buffer.compare(map.data, model)).toBe(0);
      expect(Buffer.compare(seen, model)).toBe(0);
      expect([...map.counts]).toEqual(countsOf(model));
    }
  });

  it("paints a mask over a box that reaches beyond the edge", () => {
    const map = new LabelMap(4, 3);
    const gesture = map.begin("over");
    gesture.mask({ x0: 2, y0: -1, x1: 6, y1: 2 }, Uint8Array.from([1, 1, 1, 1, 255, 0, 255, 1, 0, 7, 1, 1]), 5);
    gesture.commit();
    expect([...map.data]).toEqual([0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0, 0]);
  });

  it("keeps 1,000 gestures and undoes them all to the first byte", () => {
    const pick = integers(9);
    const map = new LabelMap(700, 500);
    for (let stroke = 0; stroke < 1000; stroke++) {
      const gesture = map.begin("over");
      const y = pick(480);
      for (let row = 0; row < 20; row++) gesture.span(y + row, stroke % 300, (stroke % 300) + 200, 1 + (stroke % 250));
      gesture.commit();
    }
    expect(map.history.steps).toBe(1000);
    while (map.undo());
    expect(map.data.every((value) => value === 0)).toBe(true);
    expect(map.unlabeled).toBe(350_000);
  });

  it("lets a result that arrives during a stroke wait for the stroke's end", async () => {
    const map = new LabelMap(10, 1);
    const stroke = map.begin("over");
    stroke.span(0, 0, 4, 1);
    const later = map.paint("over", (gesture) => gesture.span(0, 2, 6, 2));
    expect([...map.data]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    stroke.commit();
    await later;
    expect([...map.data]).toEqual([1, 1, 2, 2, 2, 2, 0, 0, 0, 0]);
    map.undo();
    expect([...map.data]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("does not undo under an open gesture", () => {
    const map = new LabelMap(2, 1);
    const first = map.begin("over");
    first.span(0, 0, 1, 1);
    first.commit();
    const open = map.begin("over");
    expect(map.undo()).toBe(false);
    open.commit();
    expect(map.undo()).toBe(true);
  });

  it("starts history anew when bytes come from outside", () => {
    const map = new LabelMap(2, 2);
    const gesture = map.begin("over");
    gesture.span(0, 0, 2, 3);
    gesture.commit();
    map.replace(Uint8Array.from([1, 0, 1, 1]));
    expect(map.undo()).toBe(false);
    expect([map.counts[0], map.counts[1], map.counts[3]]).toEqual([1, 3, 0]);
  });
});

describe("History", () => {
  it("lets the oldest steps go when the bytes pass the limit, and keeps the newest whatever its size", () => {
    const history = new History(100);
    const change = (bytes: number) => ({ tiles: [], bytes, dirty: { x0: 0, y0: 0, x1: 1, y1: 1 } });
    for (let step = 0; step < 30; step++) history.push(change(10));
    expect([history.steps, history.bytes]).toEqual([10, 100]);
    history.push(change(500));
    expect([history.steps, history.bytes]).toEqual([1, 500]);
    expect(history.undo()).not.toBeNull();
    history.push(change(20));
    expect([history.steps, history.bytes, history.canRedo]).toEqual([1, 20, false]);
  });
});
