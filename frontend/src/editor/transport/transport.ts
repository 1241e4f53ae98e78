/** A claim as the server sends it (docs/architecture.md). */
export interface Assignment {
  readonly id: string;
  readonly token: number;
  readonly expires_at: string;
  readonly seconds_left: number;
  readonly task: {
    readonly id: string;
    readonly job: { readonly id: string; readonly name: string };
    readonly data_object: { readonly id: string; readonly code: string };
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
  /** The job was stopped: what is not sent within `seconds_left` does not count. */
  readonly stopping?: boolean;
  readonly draft: { readonly seq: number; readonly sha256: string; readonly url: string } | null;
  readonly stage?: "label" | "review";
  readonly task_type?: "segmentation" | "adjustment" | "verification";
  /** The earlier mask that an adjustment or verification begins with. */
  readonly prior?: { readonly url: string } | null;
  /** Of a verification: what may be answered instead of a mask. */
  readonly verdicts?: readonly VerdictChoice[] | null;
  readonly review?: ReviewSheet | null;
  readonly rework?: ReworkSheet | null;
  /** The task's own page, where it has one: drafts are forms (JSON) then, no masks. */
  readonly frame?: { readonly url: string } | null;
}

/** A label of a verification. */
export interface VerdictChoice {
  readonly index: number;
  readonly name: string;
  readonly color: string;
  readonly key?: string | null;
  readonly description?: string;
}

/** What somebody says of an earlier mask. */
export interface ChoiceContent {
  readonly label: string;
  readonly comment: string;
}

/** A remark pinned to a place of the photo, in pixels. */
export interface Comment {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A reviewer's verdict of an earlier round. */
export interface PastVerdict {
  readonly round: number;
  readonly verdict: string;
  readonly reason: string;
  readonly comments: readonly Comment[];
  readonly at: string;
}

/** An answer under review; A, B, C instead of names. */
export interface AnswerLayer {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly reason: string;
  readonly url: string | null;
}

export interface ReviewSheet {
  readonly round: number;
  readonly consolidated: {
    readonly url: string;
    readonly rule: string;
    readonly confidence: number;
    readonly disputed_share: number;
    /** Class index (as text) to agreement, 0 to 1. */
    readonly class_agreement: Readonly<Record<string, number>>;
  } | null;
  readonly disagreement: { readonly url: string } | null;
  readonly answers: readonly AnswerLayer[];
  readonly history: readonly PastVerdict[];
}

/** What a labeler is told of a photo that came back. */
export interface ReworkSheet {
  readonly round: number;
  readonly mine: boolean;
  readonly previous: { readonly url: string } | null;
  readonly history: readonly PastVerdict[];
}

/** What a reviewer says without a mask of his own. */
export interface VerdictContent {
  readonly verdict: "accept" | "return";
  readonly reason: string;
  readonly comments: readonly Comment[];
  readonly annotations?: readonly string[];
  readonly to?: "same" | "other";
}

/** `base`: the server's draft this one goes on from (0: none); another one there is not overwritten. */
export interface DraftToSave extends DraftBytes {
  readonly base: number;
  /** The draft whose place it takes is another window's, and is kept as a version. */
  readonly keepReplaced?: boolean;
}

/** What lost against another window's draft. */
export interface DraftVersion {
  readonly id: string;
  readonly saved_at: string;
  readonly window: string;
  readonly device: string;
  readonly url: string;
}

export interface DraftBytes {
  readonly seq: number;
  readonly png: Uint8Array<ArrayBuffer>;
}

/** The other kinds of answer. */
export type Answer =
  | { readonly kind: "mask"; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: "empty" }
  | { readonly kind: "impossible"; readonly reason: string }
  | { readonly kind: "review"; readonly content: VerdictContent }
  | { readonly kind: "choice"; readonly content: ChoiceContent }
  /** What a task template's form submitted. */
  | { readonly kind: "crowd"; readonly content: Readonly<Record<string, unknown>> };

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
  readonly stopping?: boolean;
  readonly revision: number;
}

/** What comes after the assignment, kept for a while (docs/work-api.md). */
export interface NextTask {
  readonly id: string;
  readonly kept_until: string;
  readonly task: { readonly id: string };
  readonly image: { readonly url: string; readonly width: number; readonly height: number };
}

export interface SegmentRequest {
  readonly tool: "extreme-points";
  /** top, left, bottom, right, in image pixels */
  readonly points: readonly (readonly [number, number])[];
  /** Corrections in the order they were made, all of them each time: x, y, whether it belongs to the object. */
  readonly clicks?: readonly (readonly [number, number, boolean])[];
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
  saveDraft(assignment: Assignment, draft: DraftToSave): Promise<void>;
  /** Keeps a mask beside the draft, to be brought back until the answer. */
  keepVersion(assignment: Assignment, png: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The newest first. */
  draftVersions(assignment: Assignment): Promise<readonly DraftVersion[]>;
  /** `base`: the server's draft the answer goes on from; with another one there it is refused (`stale_draft`). */
  submit(assignment: Assignment, answer: Answer, idempotencyKey: string, base?: number): Promise<Receipt>;
  /** `limit`: how long to wait for the answer, in milliseconds. */
  heartbeat(assignment: Assignment, activeSeconds: number, limit?: number): Promise<Heartbeat>;
  /** `hold`: stop and resume later, the place stays this person's. */
  release(assignment: Assignment, hold?: boolean): Promise<void>;
  /** Null when there is nothing. */
  next?(assignment: Assignment): Promise<NextTask | null>;
  loadNextImage?(next: NextTask, signal?: AbortSignal): Promise<Blob>;
  decline(assignment: Assignment, reason: string): Promise<void>;
  segment(assignment: Assignment, request: SegmentRequest, signal: AbortSignal): Promise<SegmentResult>;
  /** An indexed PNG by address (view mode's layers). */
  loadMask(url: string): Promise<Uint8Array<ArrayBuffer>>;
}
