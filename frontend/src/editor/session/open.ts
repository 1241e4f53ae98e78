import { person } from "../../shared/kept";
import { randomUuid } from "../../shared/uuid";
import { LabelMap } from "../document/label-map";
import { withoutExif } from "../codec/orientation";
import type { Assignment, Transport } from "../transport/transport";
import type { PixelWork } from "../worker/pixel-work";
import { newerDraft } from "./drafts";
import type { LocalDraft, LocalStore } from "./local-store";

export interface OpenedDocument {
  readonly map: LabelMap;
  readonly image: ImageBitmap;
  /** Greatest draft number seen. */
  readonly seq: number;
  /** The server's draft that the labels go on from, 0 without one. */
  readonly base: number;
  /** Whether the server holds what is shown. */
  readonly onServer: boolean;
  readonly idempotencyKey: string;
  /** Where the labels shown come from; `damaged`: there was a draft, but it could not be read. */
  readonly restored: "local" | "server" | "damaged" | null;
  /** The mask the document began with: the result under review, the labeler's own that came back, or an earlier job's. Null: none. */
  readonly start: Uint8Array<ArrayBuffer> | null;
}

/** The file cannot be shown: it is no image we read, or not of the size the task says. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** Decodes an image to its stored pixels: not turned by EXIF, not converted to another colour space. */
export async function decodeImage(blob: Blob, width: number, height: number): Promise<ImageBitmap> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(new Blob(withoutExif(bytes), { type: blob.type }), { colorSpaceConversion: "none" });
  } catch {
    throw new ImageError("the image cannot be decoded");
  }
  if (image.width !== width || image.height !== height) {
    image.close();
    throw new ImageError(`the image has ${image.width} x ${image.height} pixels, the task says ${width} x ${height}`);
  }
  return image;
}

/**
 * Fetches image and drafts and makes the document, with the newer draft's labels in it. `ahead`: the image, if it was
 * fetched while the last one was worked on.
 */
export async function openDocument(
  assignment: Assignment,
  transport: Transport,
  store: LocalStore,
  pixels: PixelWork,
  signal: AbortSignal,
  ahead: Promise<ImageBitmap> | null = null,
): Promise<OpenedDocument> {
  const { width, height } = assignment.image;
  const load = (): Promise<ImageBitmap> => transport.loadImage(assignment, signal).then((blob) => decodeImage(blob, width, height));
  const [image, local] = await Promise.all([ahead?.catch(load) ?? load(), keptHere(assignment, store)]);
  const map = new LabelMap(width, height);
  const idempotencyKey = local?.idempotencyKey ?? randomUuid();
  const start = await loadStart(assignment, transport, pixels);
  if (start !== null) map.replace(start);
  const opened = { map, image, idempotencyKey, start, base: assignment.draft?.seq ?? 0 };
  const choice = newerDraft(local, assignment.draft, assignment.image);
  if (choice === "local" && local !== null && (await restoreLocal(map, local, pixels))) {
    return { ...opened, base: local.base ?? opened.base, seq: local.seq, onServer: false, restored: "local" };
  }
  if (assignment.draft === null) {
    return { ...opened, seq: local?.seq ?? 0, onServer: true, restored: choice === null ? null : "damaged" };
  }
  const draft = await transport.loadDraft(assignment);
  const seq = Math.max(local?.seq ?? 0, draft?.seq ?? assignment.draft.seq);
  if (draft === null) return { ...opened, base: 0, seq, onServer: true, restored: null };
  const restored = (await restore(map, draft.png, pixels)) ? "server" : "damaged";
  return { ...opened, base: draft.seq, seq, onServer: true, restored };
}

/** This device's draft: of this claim, or of an earlier one of the same person whose time ran out while nothing could be sent. */
export async function keptHere(assignment: Assignment, store: LocalStore): Promise<LocalDraft | null> {
  try {
    const own = await store.get(assignment.id);
    // In a new round what was kept of the one before is of no use.
    if (own !== null || assignment.task.id === "" || assignment.stage === "review" || assignment.rework) return own;
    const earlier = await store.newest(assignment.task.id, person());
    // The answer's key belonged to that claim.
    return earlier === null ? null : { ...earlier, idempotencyKey: randomUuid() };
  } catch {
    return null;
  }
}

async function loadStart(assignment: Assignment, transport: Transport, pixels: PixelWork): Promise<Uint8Array<ArrayBuffer> | null> {
  const layer = assignment.review?.consolidated ?? assignment.rework?.previous ?? assignment.prior ?? null;
  if (layer === null) return null;
  const { width, height, data } = await pixels.decode(await transport.loadMask(layer.url));
  if (width !== assignment.image.width || height !== assignment.image.height) throw new ImageError("the mask is not of the image's size");
  return data;
}

async function restoreLocal(map: LabelMap, local: LocalDraft, pixels: PixelWork): Promise<boolean> {
  if (local.packed) return restore(map, local.bytes, pixels);
  if (local.bytes.length !== map.data.length) return false;
  map.replace(local.bytes);
  return true;
}

async function restore(map: LabelMap, png: Uint8Array<ArrayBuffer>, pixels: PixelWork): Promise<boolean> {
  try {
    const { width, height, data } = await pixels.decode(png.slice());
    if (width !== map.width || height !== map.height) return false;
    map.replace(data);
    return true;
  } catch {
    return false;
  }
}
