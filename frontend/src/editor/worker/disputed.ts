import type { IndexedImage } from "../codec/png";
import { touchingRegions, type Region } from "./regions";

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
  return { levels, regions: touchingRegions(agreed, width, height) };
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
