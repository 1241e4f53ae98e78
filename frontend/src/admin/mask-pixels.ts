import type { Size } from "./view-box";

/** Beyond this a mask is shown in fewer pixels: four bytes each would not fit many layers into memory. */
export const MOST_PIXELS = 16_000_000;

export interface Coloured extends Size {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * Indices as colours; index 0 and unknown ones are clear. Every n-th row and column is taken when the
 * image has more than `limit` pixels, since mixing indices would invent classes.
 */
export function colour(
  { data, width, height }: Size & { readonly data: Uint8Array },
  colors: ReadonlyMap<number, string>,
  limit = MOST_PIXELS,
): Coloured {
  const step = Math.ceil(Math.sqrt((width * height) / limit));
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const table = new Uint32Array(256);
  const entry = new DataView(table.buffer);
  for (const [index, hex] of colors) if (index > 0 && index < 256) entry.setUint32(index * 4, rgba(hex));
  const out = new Uint32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    const from = row * step * width;
    for (let column = 0; column < columns; column += 1) {
      out[row * columns + column] = table[data[from + column * step] ?? 0] ?? 0;
    }
  }
  return { rgba: new Uint8ClampedArray(out.buffer), width: columns, height: rows };
}

/** `#rrggbb` as four bytes, opaque. */
function rgba(hex: string): number {
  return ((parseInt(hex.slice(1, 7), 16) << 8) | 0xff) >>> 0;
}
