import type { IndexedImage } from "../codec/png";
import { regionMask, touchingRegions, type Region } from "./regions";

/** Disagreement of each pixel, 0 (all agree) to 255, row-major. */
export interface Level {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface Disputed {
  /** The layer itself, then copies of half the size each: for looking at it from further away. */
  readonly levels: readonly Level[];
  /** Largest first. */
  readonly regions: readonly Region[];
}

/** Smaller copies end at this side: screens are larger. */
const SMALLEST = 1024;

/** Values, smaller copies and regions of a disagreement layer. */
export function readDisputed({ data, width, height }: IndexedImage): Disputed {
  const agreed = data.map((value) => (value === 0 ? 1 : 0));
  const levels: Level[] = [{ data, width, height }];
  for (let last = levels[0]; Math.max(last.width, last.height) > SMALLEST; last = levels[levels.length - 1]) levels.push(half(last));
  return { levels, regions: disputedRegions(agreed, width, height) };
}

/**
 * The regions of zero pixels that hang together by corners, largest first, at most `limit`. Where objects touch,
 * their disputed outlines are one net over the whole photo: what is larger than `side` is cut into squares of that
 * size, so that each part fills the view when one looks at it.
 */
export function disputedRegions(
  agreed: Uint8Array,
  width: number,
  height: number,
  side = Math.max(256, Math.ceil(Math.max(width, height) / 4)),
  limit = 1000,
): Region[] {
  const whole = touchingRegions(agreed, width, height);
  const isLarge = ({ box }: Region): boolean => box.x1 - box.x0 > side || box.y1 - box.y0 > side;
  const large = whole.filter(isLarge);
  if (large.length === 0) return whole;
  const parts = large.flatMap((region) => cut(agreed, width, region, side));
  const order = (a: Region, b: Region): number => b.area - a.area || a.seed[1] - b.seed[1] || a.seed[0] - b.seed[0];
  return [...whole.filter((region) => !isLarge(region)), ...parts].sort(order).slice(0, limit);
}

/** The parts of a region in each square of a grid over its box. */
function cut(agreed: Uint8Array, width: number, { box, seed }: Region, side: number): Region[] {
  const [across, down] = [box.x1 - box.x0, box.y1 - box.y0];
  const crop = new Uint8Array(across * down);
  for (let y = 0; y < down; y++) crop.set(agreed.subarray((box.y0 + y) * width + box.x0, (box.y0 + y) * width + box.x1), y * across);
  const inside = regionMask(crop, across, down, seed[0] - box.x0, seed[1] - box.y0);
  const parts: Region[] = [];
  for (let y = 0; y < down; y += side) {
    for (let x = 0; x < across; x += side) parts.push(...partsIn(inside, across, x, y, Math.min(side, across - x), Math.min(side, down - y)));
  }
  return parts.map((part) => ({
    area: part.area,
    box: { x0: part.box.x0 + box.x0, y0: part.box.y0 + box.y0, x1: part.box.x1 + box.x0, y1: part.box.y1 + box.y0 },
    seed: [part.seed[0] + box.x0, part.seed[1] + box.y0],
  }));
}

function partsIn(inside: Uint8Array, across: number, left: number, top: number, width: number, height: number): Region[] {
  const square = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) square[y * width + x] = inside[(top + y) * across + left + x] === 1 ? 0 : 1;
  }
  return touchingRegions(square, width, height).map(({ area, box, seed }) => ({
    area,
    box: { x0: box.x0 + left, y0: box.y0 + top, x1: box.x1 + left, y1: box.y1 + top },
    seed: [seed[0] + left, seed[1] + top],
  }));
}

/** Half the size, each pixel the greatest of its four: a thin disputed line stays in sight. */
export function half({ data, width, height }: Level): Level {
  const [across, down] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const out = new Uint8Array(across * down);
  for (let y = 0; y < height; y++) {
    const to = (y >> 1) * across;
    const from = y * width;
    for (let x = 0; x < width; x++) {
      const value = data[from + x];
      if (value > out[to + (x >> 1)]) out[to + (x >> 1)] = value;
    }
  }
  return { data: out, width: across, height: down };
}
