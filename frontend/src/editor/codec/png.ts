/**
 * Indexed PNG, our own: browsers decode a mask to colours only, and indices are what we need. Writes 8-bit
 * palette images with a 256-entry PLTE; reads palette images of 1, 2, 4 and 8 bits and 8-bit grey.
 */
import { crc32 } from "./crc";
import { deflateRows } from "./deflate";
import { unfilter } from "./png-filters";

export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  /** One index (or grey value) per pixel, row-major. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** RGB triples as stored, or null for a grey image. */
  readonly palette: Uint8Array | null;
}

/** A file that is not a PNG we read; the message says why. */
export class PngError extends Error {
  override readonly name = "PngError";
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GREY = 0;
const PALETTE = 3;
/** More pixels than any image the editor opens: a small file cannot make us reserve gigabytes. */
const MAX_PIXELS = 8192 * 8192;

async function inflate(bytes: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(size);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let at = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) throw new PngError("the image data is longer than its size says");
      out.set(value, at);
      at += value.length;
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error instanceof PngError ? error : new PngError("the compressed image data is damaged");
  }
  if (at !== size) throw new PngError("the image data ends too early");
  return out;
}

function chunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let at = 0; at < 4; at++) out[4 + at] = type.charCodeAt(at);
  out.set(body, 8);
  view.setUint32(out.length - 4, crc32(out.subarray(4, out.length - 4)));
  return out;
}

/** An 8-bit palette PNG of `data` (row-major indices); `palette` holds 256 RGB triples. */
export async function encodePng(
  data: Uint8Array,
  width: number,
  height: number,
  palette: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (data.length !== width * height || width < 1 || height < 1) throw new RangeError("raster and size differ");
  if (palette.length !== 768) throw new RangeError("a palette has 256 RGB entries");
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = PALETTE;
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateRows(data, width, height)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Reads a mask's indices. Throws PngError for damaged files and for kinds of PNG that hold no indices. */
export async function decodePng(bytes: Uint8Array): Promise<IndexedImage> {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new PngError("this is not a PNG file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  let header: DataView | null = null;
  let palette: Uint8Array | null = null;
  const packed: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    if (at + 12 > bytes.length) throw new PngError("the file ends too early");
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new PngError("the file ends too early");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = new Uint8Array(bytes.subarray(at + 8, at + 8 + length));
    if (view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length))) {
      throw new PngError(`the ${type} part of the file is damaged`);
    }
    at += 12 + length;
    if (type === "IHDR" && length === 13) header = new DataView(body.buffer);
    else if (type === "PLTE") palette = body;
    else if (type === "IDAT") packed.push(body);
    else if (type === "IEND") break;
  }
  if (header === null || packed.length === 0) throw new PngError("the file has no image");
  const width = header.getUint32(0);
  const height = header.getUint32(4);
  const depth = header.getUint8(8);
  const kind = header.getUint8(9);
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    throw new PngError(`${width} x ${height} pixels are more than a mask may have`);
  }
  const readable = kind === PALETTE ? [1, 2, 4, 8].includes(depth) : kind === GREY && depth === 8;
  if (!readable) throw new PngError("a mask is a palette image or 8-bit grey");
  if (header.getUint8(12) !== 0) throw new PngError("interlaced masks are not read");
  if (kind === PALETTE && palette === null) throw new PngError("the file has no palette");
  const stride = Math.ceil((width * depth) / 8);
  const raw = await inflate(new Uint8Array(await new Blob(packed).arrayBuffer()), (stride + 1) * height);
  if (!unfilter(raw, stride, height)) throw new PngError("a row of the image has an unknown filter");
  return { width, height, data: unpack(raw, stride, width, height, depth), palette: kind === PALETTE ? palette : null };
}

/** One byte per pixel from rows of `depth`-bit pixels, each row behind its filter byte. */
function unpack(raw: Uint8Array, stride: number, width: number, height: number, depth: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(width * height);
  const mask = (1 << depth) - 1;
  const perByte = 8 / depth;
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    if (depth === 8) {
      data.set(raw.subarray(from, from + width), y * width);
      continue;
    }
    for (let x = 0; x < width; x++) {
      const shift = 8 - depth * ((x % perByte) + 1);
      data[y * width + x] = (raw[from + Math.floor(x / perByte)] >> shift) & mask;
    }
  }
  return data;
}
