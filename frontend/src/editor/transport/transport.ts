/** A claim as the server sends it (docs/architecture.md). */
export interface Assignment {
  readonly id: string;
  readonly token: number;
  readonly expires_at: string;
  readonly seconds_left: number;
  readonly task: {
    readonly id: string;
    readonly job: { readonly id: string; readonly name: string };
    readonly data_object: { readonly id: string; readonly index: number };
  };
  readonly image: { readonly url: string; readonly width: number; readonly height: number };
  readonly categories: readonly {
    readonly index: number;
    readonly name: string;
    readonly color: string;
    readonly key?: string | null;
    readonly description?: string;
  }[];
  readonly template: {
    readonly title: string;
    readonly instructions_html: string;
    readonly tools: readonly string[];
    readonly allow_empty: boolean;
    readonly allow_impossible: boolean;
    readonly require_full_coverage: boolean;
  };
  readonly revision: number;
  readonly paused: boolean;
  readonly draft: { readonly seq: number; readonly sha256: string; readonly url: string } | null;
}

export interface DraftBytes {
  readonly seq: number;
  readonly png: Uint8Array<ArrayBuffer>;
}

/** The other kinds of answer. */
export type Answer =
  | { readonly kind: "mask"; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: "empty" }
  | { readonly kind: "impossible"; readonly reason: string };

/** The server's acknowledgement: the bytes are stored and the row is committed. */
export interface Receipt {
  readonly annotation: string;
  readonly status: string;
  readonly sha256: string | null;
  readonly raster_sha256: string | null;
  readonly accepted_at: string | null;
}

export interface Heartbeat {
  readonly expires_at: string;
  readonly seconds_left: number;
  readonly paused: boolean;
  readonly revision: number;
}

export interface SegmentRequest {
  readonly tool: "extreme-points";
  /** top, left, bottom, right, in image pixels */
  readonly points: readonly (readonly [number, number])[];
}

export interface SegmentResult {
  /** x0, y0, x1, y1 (half-open) */
  readonly box: readonly [number, number, number, number];
  /** 8-bit grey PNG of the box: 255 inside the object */
  readonly png: Uint8Array<ArrayBuffer>;
  readonly score: number | null;
}

/** Everything the editor asks of the outside. Calls reject with `TransportError`. */
export interface Transport {
  /** The image's bytes as stored. */
  loadImage(assignment: Assignment, signal?: AbortSignal): Promise<Blob>;
  /** Null when there is none. */
  loadDraft(assignment: Assignment): Promise<DraftBytes | null>;
  saveDraft(assignment: Assignment, draft: DraftBytes): Promise<void>;
  submit(assignment: Assignment, answer: Answer, idempotencyKey: string): Promise<Receipt>;
  heartbeat(assignment: Assignment, activeSeconds: number): Promise<Heartbeat>;
  release(assignment: Assignment): Promise<void>;
  decline(assignment: Assignment, reason: string): Promise<void>;
  segment(assignment: Assignment, request: SegmentRequest, signal: AbortSignal): Promise<SegmentResult>;
  /** An indexed PNG by address (view mode's layers). */
  loadMask(url: string): Promise<Uint8Array<ArrayBuffer>>;
}
