import type { SegmentReply, ToFrame } from "../shared/frame-messages";
import { t } from "../shared/i18n";
import { TransportError } from "../editor/transport/errors";
import type { SegmentRequest, SegmentResult } from "../editor/transport/transport";
import type { FrameLink } from "./link";

/** What the frame asks the page around it to do for a picture, since it may reach no server itself. */
export class PageHelp {
  /** Whether the page answers at all. */
  segments = false;
  #link: FrameLink | null = null;
  #next = 1;
  readonly #waiting = new Map<number, (reply: SegmentReply) => void>();

  connect(link: FrameLink): void {
    this.#link = link;
  }

  hear(message: ToFrame): void {
    if (message.type === "task") this.segments = message.segments === true;
    if (message.type !== "segmented") return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  /** The object between four ends; the page knows which picture it may be of. */
  async segment(size: { readonly width: number; readonly height: number }, { points }: SegmentRequest, signal: AbortSignal): Promise<SegmentResult> {
    const id = this.#next++;
    const reply = await new Promise<SegmentReply>((resolve, reject) => {
      signal.addEventListener("abort", () => {
        this.#waiting.delete(id);
        reject(new DOMException("given up", "AbortError"));
      });
      this.#waiting.set(id, resolve);
      this.#link?.say({ type: "segment", id, ...size, points });
    });
    if (reply.box === null || reply.png === null) throw new TransportError("invalid", reply.message || t("The object could not be found."));
    return { box: reply.box, png: reply.png, score: null };
  }
}

/** One for the frame. */
export const pageHelp = new PageHelp();
