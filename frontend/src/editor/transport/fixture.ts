import { windowName } from "../../shared/window-name";
import { encodePng } from "../codec/png";
import { TransportError } from "./errors";
import type {
  Answer, Assignment, DraftBytes, DraftVersion, Heartbeat, Receipt, SegmentRequest, SegmentResult, Transport,
} from "./transport";

/** Everything in memory: the preview of a template, the development page, work without a server. */
export class FixtureTransport implements Transport {
  draft: DraftBytes | null = null;
  readonly submitted: { readonly answer: Answer; readonly idempotencyKey: string }[] = [];

  /** `image`: bytes to show instead of the assignment's address. */
  constructor(readonly image: Blob | null = null) {}

  async loadImage(assignment: Assignment, signal?: AbortSignal): Promise<Blob> {
    if (this.image !== null) return this.image;
    const response = await fetch(assignment.image.url, signal === undefined ? {} : { signal }).catch(() => null);
    if (response === null || !response.ok) throw new TransportError("network", "the image cannot be loaded");
    return response.blob();
  }

  async loadDraft(): Promise<DraftBytes | null> {
    return Promise.resolve(this.draft);
  }

  async saveDraft(_assignment: Assignment, draft: DraftBytes): Promise<void> {
    this.draft = draft;
    return Promise.resolve();
  }

  readonly versions: DraftVersion[] = [];

  async keepVersion(_assignment: Assignment, png: Uint8Array<ArrayBuffer>): Promise<void> {
    const url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    this.versions.unshift({ id: url, saved_at: new Date().toISOString(), window: windowName(), device: "", url });
    return Promise.resolve();
  }

  async draftVersions(): Promise<readonly DraftVersion[]> {
    return Promise.resolve(this.versions);
  }

  async submit(assignment: Assignment, answer: Answer, idempotencyKey: string): Promise<Receipt> {
    this.submitted.push({ answer, idempotencyKey });
    return Promise.resolve({
      annotation: assignment.task.id, status: "preview", sha256: null, raster_sha256: null, accepted_at: null,
    });
  }

  async heartbeat(assignment: Assignment): Promise<Heartbeat> {
    const { expires_at, seconds_left, paused, revision } = assignment;
    return Promise.resolve({ expires_at, seconds_left, paused, revision });
  }

  async release(_assignment?: Assignment, _hold?: boolean): Promise<void> {
    return Promise.resolve();
  }

  async decline(): Promise<void> {
    return Promise.resolve();
  }

  /** The ellipse through the box of the four points, and squares at clicks: enough to try the tool without a model. */
  async segment(_assignment: Assignment, { points, clicks = [] }: SegmentRequest, _signal?: AbortSignal): Promise<SegmentResult> {
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    const [x0, y0, x1, y1] = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1].map(Math.floor);
    const [width, height] = [x1 - x0, y1 - y0];
    const mask = Uint8Array.from({ length: width * height }, (_, at) => {
      const x = (((at % width) + 0.5) / width) * 2 - 1;
      const y = ((Math.floor(at / width) + 0.5) / height) * 2 - 1;
      return x * x + y * y <= 1 ? 255 : 0;
    });
    for (const [x, y, positive] of clicks) {
      for (let row = Math.max(y0, y - 2); row < Math.min(y1, y + 3); row++) {
        for (let column = Math.max(x0, x - 2); column < Math.min(x1, x + 3); column++) {
          mask[(row - y0) * width + column - x0] = positive ? 255 : 0;
        }
      }
    }
    return { box: [x0, y0, x1, y1], png: await encodePng(mask, width, height, new Uint8Array(768)), score: null };
  }

  async loadMask(url: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await fetch(url).catch(() => null);
    if (response === null || !response.ok) throw new TransportError("network", "the mask cannot be loaded");
    return new Uint8Array(await response.arrayBuffer());
  }
}
