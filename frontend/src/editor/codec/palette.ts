/** Index 0, and every index no class has, is white in a written mask. */
const WHITE = 255;

/** `#rrggbb` as three bytes; throws a RangeError for anything else. */
export function parseColor(color: string): [number, number, number] {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (match === null) throw new RangeError(`a colour is written #rrggbb, not ${color}`);
  return [parseInt(match[1], 16), parseInt(match[2], 16), parseInt(match[3], 16)];
}

/** 256 RGB entries: classes at their index, white elsewhere. */
export function buildPalette(
  categories: readonly { readonly index: number; readonly color: string }[],
): Uint8Array<ArrayBuffer> {
  const palette = new Uint8Array(256 * 3).fill(WHITE);
  for (const { index, color } of categories) palette.set(parseColor(color), index * 3);
  return palette;
}
