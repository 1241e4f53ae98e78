import type { Rect } from "../document/rect";
import { HATCH, OUTLINE, type DeviceTransform, type LabelStyle } from "./renderer";

interface Labels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const WHITE_STRIPE = rgba(255, 255, 255, 153);
const BLACK_STRIPE = rgba(0, 0, 0, 128);

/** A pixel of `ImageData` as one number: the bytes stand in memory as R, G, B, A on every machine with a browser. */
function rgba(red: number, green: number, blue: number, alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** What each class's pixels look like, `opacity` (0 to 1) of their colour. */
function colors({ palette }: LabelStyle, opacity: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, at) =>
    rgba(palette[at * 4], palette[at * 4 + 1], palette[at * 4 + 2], Math.round(opacity * palette[at * 4 + 3])),
  );
}

/** The image's column (or row) under each device pixel from `first`, moved by `shift` image pixels; kept inside. */
function places(first: number, count: number, offset: number, scale: number, shift: number, length: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) =>
    Math.min(length - 1, Math.max(0, Math.floor((first + at + 0.5 - offset) / scale + shift))),
  );
}

/**
 * The labels as the shader draws them, in plain code: RGBA (not premultiplied) for the device pixels of
 * `part`, transparent where the image shows through. `out` holds `part`'s pixels row by row. This is a picture's
 * whole cost where there is no graphics processor: tables are made once per call, and magnified rows are copied.
 */
export function composeLabels(
  out: Uint8ClampedArray,
  part: Rect,
  transform: DeviceTransform,
  ratio: number,
  labels: Labels,
  style: LabelStyle,
): void {
  const { data, width, height } = labels;
  const { scale, x: left, y: top } = transform;
  const [across, down] = [part.x1 - part.x0, part.y1 - part.y0];
  const reach = style.outlines ? (OUTLINE * ratio) / scale : 0;
  const stripes = Math.round(HATCH * ratio);
  const pixels = new Uint32Array(out.buffer, out.byteOffset, across * down);
  const plain = colors(style, style.opacity);
  const outline = colors(style, 1);
  const columns = places(part.x0, across, left, scale, 0, width);
  const lefts = places(part.x0, across, left, scale, -reach, width);
  const rights = places(part.x0, across, left, scale, reach, width);
  const rows = places(part.y0, down, top, scale, 0, height);
  const aboves = places(part.y0, down, top, scale, -reach, height);
  const belows = places(part.y0, down, top, scale, reach, height);
  // Device pixels whose centres lie on the image.
  const first = Math.max(0, Math.ceil(left - 0.5 - part.x0));
  const end = Math.min(across, Math.ceil(left + width * scale - 0.5 - part.x0));
  const firstRow = Math.max(0, Math.ceil(top - 0.5 - part.y0));
  const endRow = Math.min(down, Math.ceil(top + height * scale - 0.5 - part.y0));
  pixels.fill(0);
  for (let line = firstRow; line < endRow; line++) {
    const to = line * across;
    const same = line > firstRow && rows[line] === rows[line - 1] && aboves[line] === aboves[line - 1] && belows[line] === belows[line - 1];
    if (same && !style.hatch) {
      pixels.copyWithin(to, to - across, to);
      continue;
    }
    const row = rows[line] * width;
    const above = aboves[line] * width;
    const below = belows[line] * width;
    for (let at = first; at < end; at++) {
      const column = columns[at];
      const value = data[row + column];
      if (value === 0) {
        if (!style.hatch) continue;
        const stripe = (part.x0 + at + part.y0 + line) % stripes;
        if (stripe < stripes * 0.2) pixels[to + at] = WHITE_STRIPE;
        else if (stripe < stripes * 0.4) pixels[to + at] = BLACK_STRIPE;
      } else if (
        reach > 0 &&
        (data[row + rights[at]] !== value || data[row + lefts[at]] !== value || data[above + column] !== value || data[below + column] !== value)
      ) {
        pixels[to + at] = outline[value];
      } else pixels[to + at] = plain[value];
    }
  }
}
