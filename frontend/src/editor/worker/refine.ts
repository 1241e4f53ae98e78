import { BACKGROUND } from "../document/constants";
import { mayPaint, type PaintMode } from "../document/gesture";
import type { TileChange } from "../document/journal";
import { distances } from "./distance";
import { floodFill, type Spans } from "./flood-fill";
import type { Raster } from "./pixel-work";
import { rasterChange } from "./whole-image";

export type Refinement = "grow" | "shrink" | "holes" | "specks";

export interface RefineCall {
  readonly what: Refinement;
  /** A pixel of the region. */
  readonly x: number;
  readonly y: number;
  /** All regions of that pixel's class instead of the one. */
  readonly whole: boolean;
  /** By how many pixels to grow or shrink; specks have fewer. */
  readonly pixels: number;
  readonly mode: PaintMode;
}

/**
 * A region, or all of a class, made larger, smaller (what falls off is unlabeled), without what it encloses, or the
 * class's small regions given to the class they touch most: the change, tile by tile.
 */
export function refineChange({ data, width, height }: Raster, call: RefineCall): TileChange[] {
  const value = data[call.y * width + call.x];
  const after = data.slice();
  if (call.what === "specks") giveSpecks(after, data, width, height, value, call.pixels);
  else if (value !== BACKGROUND) {
    const inside = call.whole ? data.map((label) => (label === value ? 1 : 0)) : regionAt(data, width, height, call.x, call.y);
    const may = (at: number): boolean => mayPaint(call.mode, data[at]);
    if (call.what === "holes") {
      const outside = enclosed(inside, width, height);
      for (let at = outside.indexOf(1); at >= 0; at = outside.indexOf(1, at + 1)) if (may(at)) after[at] = value;
    } else {
      const grows = call.what === "grow";
      const reach = call.pixels * call.pixels;
      const from = grows ? inside : inside.map((one) => 1 - one);
      distances(from, width, height, (y, squared) => {
        for (let x = 0, at = y * width; x < width; x++, at++) {
          if (from[at] === 1 || squared[x] > reach) continue;
          if (!grows) after[at] = BACKGROUND;
          else if (may(at)) after[at] = value;
        }
      });
    }
  }
  return rasterChange(data, after, width, height);
}

/** Each unlabeled pixel given to the class of the labeled pixel nearest to it: the change, tile by tile. */
export function nearestChange({ data, width, height }: Raster): TileChange[] {
  const after = data.slice();
  distances(data.map((label) => (label === BACKGROUND ? 0 : 1)), width, height, (y, _squared, nearest) => {
    for (let x = 0, at = y * width; x < width; x++, at++) after[at] = data[nearest[x]];
  });
  return rasterChange(data, after, width, height);
}

function regionAt(data: Uint8Array, width: number, height: number, x: number, y: number): Uint8Array {
  const inside = new Uint8Array(width * height);
  paint(inside, floodFill(data.slice(), width, height, x, y), width, 1);
  return inside;
}

function paint(into: Uint8Array, spans: Spans, width: number, value: number): void {
  for (let at = 0; at < spans.length; at += 3) into.fill(value, spans[at] * width + spans[at + 1], spans[at] * width + spans[at + 2]);
}

/** 1 for pixels from which no way by edges leads round the marked ones to the image's border. */
function enclosed(marked: Uint8Array, width: number, height: number): Uint8Array {
  const free = marked.map((one) => 1 - one);
  const reach = (x: number, y: number): void => {
    if (free[y * width + x] === 1) floodFill(free, width, height, x, y);
  };
  for (let x = 0; x < width; x++) {
    reach(x, 0);
    reach(x, height - 1);
  }
  for (let y = 0; y < height; y++) {
    reach(0, y);
    reach(width - 1, y);
  }
  return free;
}

function giveSpecks(after: Uint8Array, data: Uint8Array, width: number, height: number, value: number, pixels: number): void {
  const left = data.map((label) => (label === value ? 1 : 0));
  for (let at = left.indexOf(1); at >= 0; at = left.indexOf(1, at + 1)) {
    const spans = floodFill(left, width, height, at % width, Math.floor(at / width));
    let area = 0;
    for (let span = 0; span < spans.length; span += 3) area += spans[span + 2] - spans[span + 1];
    if (area >= pixels) continue;
    const other = mostTouched(data, spans, width, height, value);
    if (other !== null) paint(after, spans, width, other);
  }
}

/** The label that most of a region's edges lie beside, the smaller of equal ones; null for the whole image. */
function mostTouched(data: Uint8Array, spans: Spans, width: number, height: number, value: number): number | null {
  const edges = new Uint32Array(256);
  for (let span = 0; span < spans.length; span += 3) {
    const [y, first, end] = [spans[span], spans[span + 1], spans[span + 2]];
    const row = y * width;
    if (first > 0) edges[data[row + first - 1]]++;
    if (end < width) edges[data[row + end]]++;
    for (let x = first; x < end; x++) {
      if (y > 0) edges[data[row - width + x]]++;
      if (y + 1 < height) edges[data[row + width + x]]++;
    }
  }
  edges[value] = 0;
  const most = edges.reduce((best, count, label) => (count > edges[best] ? label : best), 0);
  return edges[most] === 0 ? null : most;
}
