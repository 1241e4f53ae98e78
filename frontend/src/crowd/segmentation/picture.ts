import { withoutExif } from "../../editor/codec/orientation";
import { FixtureTransport } from "../../editor/transport/fixture";
import type { Assignment, SegmentRequest, SegmentResult } from "../../editor/transport/transport";
import { pageHelp } from "../page-help";

export interface Picture {
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
}

/** The bytes behind an address, without credentials: the frame has none. */
export async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { credentials: "omit", mode: "cors", ...(signal === undefined ? {} : { signal }) });
  if (!response.ok) throw new Error(`${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A picture with the size of its stored pixels: a mask is of these, not turned by EXIF. */
export async function fetchPicture(url: string, signal: AbortSignal): Promise<Picture> {
  const bytes = await fetchBytes(url, signal);
  const bitmap = await createImageBitmap(new Blob(withoutExif(bytes)), { colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  bitmap.close();
  return { blob: new Blob([bytes]), width, height };
}

/** Gives the editor a picture and the mask to begin with; nothing leaves the frame. */
export class PictureTransport extends FixtureTransport {
  constructor(
    picture: Blob,
    readonly start: Uint8Array<ArrayBuffer> | null,
  ) {
    super(picture);
  }

  override async segment({ image }: Assignment, request: SegmentRequest, signal = new AbortController().signal): Promise<SegmentResult> {
    return pageHelp.segment({ width: image.width, height: image.height }, request, signal);
  }

  override async loadMask(url: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.start === null ? super.loadMask(url) : Promise.resolve(this.start.slice());
  }
}
