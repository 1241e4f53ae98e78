/** Masks as pictures: by their colours, which is what a label mapping names. */
import { parseColor } from "../../editor/codec/palette";
import { decodePng, PngError } from "../../editor/codec/png";
import { withoutExif } from "../../editor/codec/orientation";
import type { Entry } from "./entries";

export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Index of each colour as one number. */
function byColor(entries: readonly Entry[]): Map<number, number> {
  return new Map(
    entries.map(({ color, index }) => {
      const [red, green, blue] = parseColor(color);
      return [(red << 16) | (green << 8) | blue, index];
    }),
  );
}

/** A palette image's indices become those of the entries with the same colours; others are unlabeled. */
export function reindex(data: Uint8Array<ArrayBuffer>, palette: Uint8Array, entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const indices = byColor(entries);
  const table = new Uint8Array(256);
  for (let at = 0; at * 3 + 2 < palette.length; at++) {
    table[at] = indices.get((palette[at * 3] << 16) | (palette[at * 3 + 1] << 8) | palette[at * 3 + 2]) ?? 0;
  }
  return data.map((value) => table[value]);
}

/** RGBA pixels as indices; what is not opaque is unlabeled. */
export function indexPixels(pixels: Uint8ClampedArray, entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const indices = byColor(entries);
  const data = new Uint8Array(pixels.length / 4);
  for (let at = 0; at < data.length; at++) {
    const from = at * 4;
    if (pixels[from + 3] < 128) continue;
    data[at] = indices.get((pixels[from] << 16) | (pixels[from + 1] << 8) | pixels[from + 2]) ?? 0;
  }
  return data;
}

/** Reads a mask's picture by colours: palette images by our own codec, all others by the browser's. */
export async function readMask(bytes: Uint8Array<ArrayBuffer>, entries: readonly Entry[]): Promise<Raster> {
  try {
    const { width, height, data, palette } = await decodePng(bytes);
    if (palette !== null) return { width, height, data: reindex(data, palette, entries) };
  } catch (error) {
    if (!(error instanceof PngError)) throw error;
  }
  const bitmap = await createImageBitmap(new Blob(withoutExif(bytes)), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser cannot draw on a canvas");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: indexPixels(context.getImageData(0, 0, width, height).data, entries) };
}

/** A mask's picture with white, its background, as transparent; rejects where the address may not be read. */
export async function withoutBackground(address: string): Promise<Blob> {
  const response = await fetch(address, { credentials: "omit", mode: "cors" });
  if (!response.ok) throw new Error(`${response.status}`);
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser cannot draw on a canvas");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) if (pixels[at] === 0xffffffff) pixels[at] = 0;
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob();
}

/** Whether two masks of one size differ; four pixels at a time, since it is asked after each stroke. */
export function differs(one: Uint8Array, other: Uint8Array): boolean {
  const words = one.byteOffset % 4 === 0 && other.byteOffset % 4 === 0 ? Math.floor(one.length / 4) : 0;
  const [ones, others] = [one, other].map(({ buffer, byteOffset }) => new Uint32Array(buffer, words === 0 ? 0 : byteOffset, words));
  for (let at = 0; at < words; at++) if (ones[at] !== others[at]) return true;
  for (let at = words * 4; at < one.length; at++) if (one[at] !== other[at]) return true;
  return false;
}

const CHUNK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return btoa(parts.join(""));
}

/** Null where it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
