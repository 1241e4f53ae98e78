import { BACKGROUND } from "../document/constants";
import { Numbers } from "./flood-fill";
import type { Region } from "./regions";

/**
 * The labeled regions (connected by edges) that are not the largest of their class, smallest first, equal ones from the
 * top; at most `limit`. Runs of each row are joined by union-find, all in arrays of numbers.
 */
export function strayRegions(data: Uint8Array, width: number, height: number, limit = 1000): Region[] {
  const rows = new Numbers();
  const firsts = new Numbers();
  const ends = new Numbers();
  const rowStarts = new Int32Array(height + 1);
  for (let y = 0; y < height; y++) {
    rowStarts[y] = rows.length;
    for (let at = y * width, end = at + width; at < end; ) {
      const start = at;
      const value = data[at];
      while (at < end && data[at] === value) at++;
      if (value === BACKGROUND) continue;
      rows.push(y);
      firsts.push(start - y * width);
      ends.push(at - y * width);
    }
  }
  rowStarts[height] = rows.length;
  const [row, first, end] = [rows.take(), firsts.take(), ends.take()];
  const parent = Int32Array.from(row, (_, run) => run);
  const root = (run: number): number => {
    let at = run;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]];
    return at;
  };
  const labelOf = (run: number): number => data[row[run] * width + first[run]];
  for (let y = 1; y < height; y++) {
    let above = rowStarts[y - 1];
    for (let run = rowStarts[y]; run < rowStarts[y + 1]; run++) {
      while (above < rowStarts[y] && end[above] <= first[run]) above++;
      for (let other = above; other < rowStarts[y] && first[other] < end[run]; other++) {
        if (labelOf(other) !== labelOf(run)) continue;
        const [a, b] = [root(run), root(other)];
        // The smaller index stays the root: it is the uppermost, leftmost run.
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
    }
  }
  const area = new Int32Array(row.length);
  for (let run = 0; run < row.length; run++) area[root(run)] += end[run] - first[run];
  const largest = new Int32Array(256).fill(-1);
  for (let run = 0; run < row.length; run++) {
    const label = labelOf(run);
    if (area[run] > 0 && (largest[label] < 0 || area[run] > area[largest[label]])) largest[label] = run;
  }
  const stray = Int32Array.from(area.keys()).filter((run) => area[run] > 0 && largest[labelOf(run)] !== run);
  stray.sort((a, b) => area[a] - area[b] || a - b);
  const chosen = stray.subarray(0, limit);
  const boxes = new Map([...chosen].map((run) => [run, { x0: first[run], y0: row[run], x1: end[run], y1: row[run] + 1 }]));
  for (let run = 0; run < row.length; run++) {
    const box = boxes.get(root(run));
    if (box === undefined) continue;
    box.x0 = Math.min(box.x0, first[run]);
    box.x1 = Math.max(box.x1, end[run]);
    box.y1 = row[run] + 1;
  }
  return [...boxes].map(([run, box]) => ({ area: area[run], box, seed: [first[run], row[run]] }));
}
