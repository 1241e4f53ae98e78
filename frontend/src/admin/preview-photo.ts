/** Photos for the preview: of the organization, from this computer (never sent), or drawn here. */
import { withoutExif } from "../editor/codec/orientation";
import { t } from "../shared/i18n";
import { drawSample } from "./sample-photo";

export interface PreviewImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** `bytes` where the browser holds them already; else the editor asks `image.url`. */
export interface PreviewPhoto {
  readonly name: string;
  readonly kind: "job" | "upload" | "local" | "sample";
  readonly image: PreviewImage;
  readonly bytes: Blob | null;
}

/** As the server: larger photos cannot be labeled, so a preview of one would promise too much. */
const MAX_SIDE = 8192;

/** The file cannot be shown; the message says why and what to do. */
export class PhotoError extends Error {
  override readonly name = "PhotoError";
}

/** A photo of this computer. Its bytes stay in this tab: nothing is uploaded. */
export async function localPhoto(file: File): Promise<PreviewPhoto> {
  return decoded(file, file.name, "local");
}

/** An uploaded photo by its address. */
export async function uploadedPhoto(url: string, name: string): Promise<PreviewPhoto> {
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok) throw new PhotoError(t("{name} cannot be loaded. Choose another photo.", { name }));
  return decoded(await response.blob(), name, "upload", url);
}

/** A drawing of ours, for who has no photo at hand. */
export async function samplePhoto(): Promise<PreviewPhoto> {
  return decoded(await drawSample(), t("Sample picture"), "sample");
}

let number = 0;

async function decoded(bytes: Blob, name: string, kind: PreviewPhoto["kind"], url = ""): Promise<PreviewPhoto> {
  let bitmap: ImageBitmap;
  try {
    // Stored pixels count: what EXIF says of turning is left out, as everywhere.
    const pixels = new Uint8Array(await bytes.arrayBuffer());
    bitmap = await createImageBitmap(new Blob(withoutExif(pixels), { type: bytes.type }));
  } catch {
    throw new PhotoError(t("{name} is no photo that can be shown. Choose a JPEG or PNG file.", { name }));
  }
  const { width, height } = bitmap;
  bitmap.close();
  if (Math.max(width, height) > MAX_SIDE) {
    throw new PhotoError(t("{name} has more than {side} pixels a side. Choose a smaller one.", { name, side: MAX_SIDE }));
  }
  number += 1;
  return { name, kind, bytes, image: { url: url || `#${kind}-${number}`, width, height } };
}
