/**
 * What a task template's frame and the page around it say to each other, over a MessagePort. The frame holds HTML that a
 * customer wrote: the page believes nothing of it that is not read here, and takes copies, never the objects themselves.
 */

/** The first word, by `window.postMessage`, with the port. */
export const BEGIN = "maskwright.begin";
export const VERSION = 1;

export type FramedAnswer = Readonly<Record<string, unknown>>;

export type FromFrame =
  /** The form is there and the task may be told. */
  | { readonly type: "ready" }
  | { readonly type: "height"; readonly pixels: number }
  /** The form so far. */
  | { readonly type: "change"; readonly answer: FramedAnswer }
  /** The person moves the pointer or types. */
  | { readonly type: "activity" }
  | { readonly type: "submit"; readonly answer: FramedAnswer }
  | { readonly type: "decline" }
  | SegmentCall
  /** After `flush`: everything up to it is told. */
  | { readonly type: "flushed" };

/** An object by its ends (top, left, bottom, right), in a picture of this size: asked of the task's photo. */
export interface SegmentCall {
  readonly type: "segment";
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly points: readonly (readonly [number, number])[];
}

/** Its answer: a grey PNG of the box, or what went wrong. */
export interface SegmentReply {
  readonly type: "segmented";
  readonly id: number;
  readonly box: readonly [number, number, number, number] | null;
  readonly png: Uint8Array<ArrayBuffer> | null;
  readonly message: string;
}

export type ToFrame =
  | {
      readonly type: "task";
      readonly language: string;
      readonly theme: "light" | "dark";
      readonly draft: FramedAnswer | null;
      readonly readOnly: boolean;
      /** Whether `segment` is answered. */
      readonly segments?: boolean;
    }
  | SegmentReply
  /** The answer was not taken: the person mends it and submits again. */
  | { readonly type: "refused"; readonly message: string }
  /** Nothing can be changed any more. */
  | { readonly type: "locked"; readonly message: string }
  /** The page is about to be left: tell the form now. */
  | { readonly type: "flush" };

/** Of an answer as text: the largest mask there can be, as base64, and a form beside it. */
export const MOST_CHARS = 96 * 1024 * 1024;
const DEEPEST = 32;

/** A copy of a plain JSON object, or null: no cycles, functions, buffers or files, and no deeper than a form can be. */
export function readAnswer(value: unknown): FramedAnswer | null {
  if (!isRecord(value)) return null;
  try {
    const text = JSON.stringify(value, (_key, one: unknown) => {
      if (typeof one === "bigint" || (typeof one === "object" && one !== null && !Array.isArray(one) && !isRecord(one))) throw new TypeError("not plain");
      return one;
    });
    if (text.length > MOST_CHARS || depth(value) > DEEPEST) return null;
    return JSON.parse(text) as FramedAnswer;
  } catch {
    return null;
  }
}

/** What the page heard from the frame; null is to be dropped. */
export function readFromFrame(data: unknown): FromFrame | null {
  if (!isRecord(data)) return null;
  switch (data["type"]) {
    case "ready":
    case "activity":
    case "decline":
    case "flushed":
      return { type: data["type"] };
    case "height": {
      const pixels = data["pixels"];
      if (typeof pixels !== "number" || !Number.isFinite(pixels)) return null;
      return { type: "height", pixels: Math.min(20_000, Math.max(0, Math.round(pixels))) };
    }
    case "segment":
      return readSegmentCall(data);
    case "change":
    case "submit": {
      const answer = readAnswer(data["answer"]);
      return answer === null ? null : { type: data["type"], answer };
    }
    default:
      return null;
  }
}

/** What the frame heard from the page; null is to be dropped. */
export function readToFrame(data: unknown): ToFrame | null {
  if (!isRecord(data)) return null;
  const { type, message } = data;
  if (type === "refused" || type === "locked") return typeof message === "string" ? { type, message: message.slice(0, 4000) } : null;
  if (type === "flush") return { type };
  if (type === "segmented") return readSegmentReply(data);
  if (type !== "task" || typeof data["readOnly"] !== "boolean") return null;
  const draft = data["draft"] === null ? null : readAnswer(data["draft"]);
  if (draft === null && data["draft"] !== null) return null;
  const language = typeof data["language"] === "string" && /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(data["language"]) ? data["language"] : "en";
  const segments = data["segments"] === true ? { segments: true } : {};
  return { type, language, theme: data["theme"] === "dark" ? "dark" : "light", draft, readOnly: data["readOnly"], ...segments };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function readSegmentCall({ id, width, height, points }: Record<string, unknown>): SegmentCall | null {
  if (!isCount(id) || !isCount(width) || !isCount(height) || !Array.isArray(points) || points.length !== 4) return null;
  const read = (points as readonly unknown[]).map((point): readonly [number, number] | null => {
    if (!Array.isArray(point) || point.length !== 2) return null;
    const [x, y] = point as readonly unknown[];
    const inside = typeof x === "number" && typeof y === "number" && x >= 0 && y >= 0 && x <= width && y <= height;
    return inside ? [x, y] : null;
  });
  return read.includes(null) ? null : { type: "segment", id, width, height, points: read.filter((one) => one !== null) };
}

function readSegmentReply({ id, box, png, message }: Record<string, unknown>): SegmentReply | null {
  if (!isCount(id) || typeof message !== "string") return null;
  const given = Array.isArray(box) && box.length === 4 && box.every(isCount) ? (box as readonly number[]) : null;
  const bytes = png instanceof Uint8Array ? new Uint8Array(png) : null;
  const whole = given !== null && bytes !== null;
  return { type: "segmented", id, box: whole ? [given[0], given[1], given[2], given[3]] : null, png: whole ? bytes : null, message: message.slice(0, 1000) };
}

/** Whether a window's message is the first word; its port then is the frame's end. */
export function isBegin(data: unknown): boolean {
  return isRecord(data) && data["type"] === BEGIN && data["version"] === VERSION;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function depth(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((most, one) => Math.max(most, depth(one)), 0);
}
