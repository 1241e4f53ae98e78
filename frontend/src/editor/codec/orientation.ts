/**
 * Stored pixels count: a labeler, the server and a training script must see the same raster. Browsers turn
 * photos by their EXIF orientation and cannot be told not to when they decode, so the EXIF part is left out.
 */

/** The file without its EXIF part (JPEG APP1, PNG eXIf); the same bytes when there is none to find. */
export function withoutExif(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegWithoutExif(bytes);
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return pngWithoutExif(bytes);
  return [bytes];
}

function jpegWithoutExif(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let from = 0;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break; // image data or end: no more parts of this kind
    const end = at + 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
    if (marker === 0xe1 && String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === "Exif") {
      kept.push(bytes.subarray(from, at));
      from = end;
    }
    at = end;
  }
  kept.push(bytes.subarray(from));
  return kept;
}

function pngWithoutExif(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let from = 0;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at);
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === "eXIf") {
      kept.push(bytes.subarray(from, at));
      from = end;
    }
    at = end;
  }
  kept.push(bytes.subarray(from));
  return kept;
}
