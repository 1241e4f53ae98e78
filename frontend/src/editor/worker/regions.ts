import { BACKGROUND } from "../document/constants";
import type { Rect } from "../document/rect";
import { Numbers } from "./flood-fill";

export interface Region {
  readonly area: number;
  readonly box: Rect;
  /** A pixel of the region: its uppermost, then leftmost one. */
  readonly seed: readonly [number, number];
}

interface Runs {
  readonly row: Int32Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  readonly root: (run: number) => number;
}

/**
 * The connected regions (by edges) of unlabeled pixels, largest first, equal ones from the top; at most
 * `limit`. Works on runs of each row joined by union-find, so that its cost follows the map's detail.
 */
export function unlabeledRegions(data: Uint8Array, width: number, height: number, limit = 1000): Region[] {
  return collect(joinRuns(data, width, height, 0), limit);
}

/** The same for regions that also hang together by corners, as disputed outlines do. */
export function touchingRegions(data: Uint8Array, width: number, height: number, limit = 1000): Region[] {
  return collect(joinRuns(data, width, height, 1), limit);
}

/** 1 for the pixels of the region (hanging together by corners) around the zero pixel (x, y), row-major. */
export function regionMask(data: Uint8Array, width: number, height: number, x: number, y: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(width * height);
  const { row, first, end, root } = joinRuns(data, width, height, 1);
  const at = row.findIndex((line, run) => line === y && first[run] <= x && x < end[run]);
  if (at < 0) return mask;
  const wanted = root(at);
  for (let run = 0; run < row.length; run++) {
    if (root(run) === wanted) mask.fill(1, row[run] * width + first[run], row[run] * width + end[run]);
  }
  return mask;
}

/** Runs of zero pixels, joined where they overlap the row above by an edge or, with `reach` 1, touch at a corner. */
function joinRuns(data: Uint8Array, width: number, height: number, reach: 0 | 1): Runs {
  const rows = new Numbers();
  const firsts = new Numbers();
  const ends = new Numbers();
  const rowStarts = new Int32Array(height + 1);
  for (let y = 0; y < height; y++) {
    rowStarts[y] = rows.length;
    const line = data.subarray(y * width, (y + 1) * width);
    for (let at = line.indexOf(BACKGROUND); at >= 0; at = line.indexOf(BACKGROUND, at)) {
      const start = at;
      while (at < width && line[at] === BACKGROUND) at++;
      rows.push(y);
      firsts.push(start);
      ends.push(at);
    }
  }
  rowStarts[height] = rows.length;
  const count = rows.length;
  const [row, first, end] = [rows.take(), firsts.take(), ends.take()];
  const parent = Int32Array.from({ length: count }, (_, run) => run);
  const root = (run: number): number => {
    let at = run;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (let y = 1; y < height; y++) {
    let above = rowStarts[y - 1];
    for (let run = rowStarts[y]; run < rowStarts[y + 1]; run++) {
      while (above < rowStarts[y] && end[above] + reach <= first[run]) above++;
      for (let other = above; other < rowStarts[y] && first[other] < end[run] + reach; other++) {
        const [a, b] = [root(run), root(other)];
        // The smaller index stays the root: it is the uppermost, leftmost run.
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
    }
  }
  return { row, first, end, root };
}

function collect({ row, first, end, root }: Runs, limit: number): Region[] {
  const found = new Map<number, { area: number; x0: number; y0: number; x1: number; y1: number }>();
  for (let run = 0; run < row.length; run++) {
    const key = root(run);
    const area = end[run] - first[run];
    const region = found.get(key);
    if (region === undefined) {
      found.set(key, { area, x0: first[run], y0: row[run], x1: end[run], y1: row[run] + 1 });
    } else {
      region.area += area;
      region.x0 = Math.min(region.x0, first[run]);
      region.x1 = Math.max(region.x1, end[run]);
      region.y1 = row[run] + 1;
    }
  }
  return [...found]
    .sort(([runA, a], [runB, b]) => b.area - a.area || runA - runB)
    .slice(0, limit)
    .map(([run, { area, ...box }]) => ({ area, box, seed: [first[run], row[run]] }));
}
