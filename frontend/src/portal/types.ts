/** What the portal reads of the work API (docs/architecture.md); the editor reads the rest of a claim. */

/** A live claim exactly as the server sent it; only what the portal itself needs is named. */
export interface Claim {
  readonly id: string;
  readonly token: number;
  readonly task: { readonly job: { readonly id: string; readonly name: string } };
  readonly template?: { readonly title?: string };
  /** A qualification: after the submit the server says what was wrong. */
  readonly feedback?: boolean;
  /** The task's own page, shown in place of the editor. */
  readonly frame?: { readonly url: string } | null;
}

export interface FeedbackResult {
  readonly passed: boolean;
  readonly mean_iou: number;
  readonly skill: string;
  readonly level: number;
}

/** What was wrong with an answer in a qualification. */
export interface Feedback {
  readonly mean_iou: number;
  readonly accuracy: number;
  readonly classes: readonly { readonly name: string; readonly color: string; readonly iou: number }[];
  readonly confused: readonly { readonly truth: string; readonly answer: string; readonly share: number }[];
  readonly photo: { readonly url: string };
  readonly overlay: { readonly url: string };
  readonly width: number;
  readonly height: number;
  readonly answered: number;
  readonly total: number;
  readonly threshold: number;
  readonly skill: string;
  /** Once every photo is answered. */
  readonly result: FeedbackResult | null;
}

/** Why there is no photo at the moment (header `X-Reason`). */
export type NothingReason = "all_claimed" | "too_many_open" | "skills_missing" | "paused" | "job_paused" | "done_all" | "no_jobs" | "not_started";

export interface Nothing {
  readonly reason: NothingReason | null;
  /** When it may change by itself (`X-Reason-Until`). */
  readonly until: Date | null;
}

export type ClaimAnswer = { readonly claim: Claim } | { readonly nothing: Nothing };

export interface JobSummary {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly customer: string;
  readonly status: string;
  readonly waiting: number;
  /** Reviews that wait; null where the person reviews nothing. */
  readonly reviews?: number | null;
  readonly mine: number;
  readonly total: number;
  readonly paused: boolean;
  /** A photo is kept for this person until then. */
  readonly kept_until?: string | null;
}

/** An answer that came back to its labeler. */
export interface Returned {
  readonly id: string;
  readonly job: string;
  readonly reason?: string;
  readonly returned_at?: string;
}

export interface ReviewCounts {
  readonly accepted: number;
  readonly returned: number;
}

/** An answer that a reviewer sent back. */
export interface SentBack extends Returned {
  readonly comments: number;
  /** Not answered again yet. */
  readonly open: boolean;
}

/** What became of the person's answers in review; a week begins on Monday. */
export interface Reviewed {
  readonly today: ReviewCounts;
  readonly week: ReviewCounts;
  readonly sent_back: readonly SentBack[];
}

export interface Overview {
  readonly person: { readonly name: string; readonly username: string };
  readonly organization: { readonly id: string; readonly name: string };
  readonly today: { readonly submitted: number; readonly active_seconds: number };
  readonly jobs: readonly JobSummary[];
  readonly returned: readonly Returned[];
  readonly reviewed?: Reviewed;
  readonly claim: { readonly id: string; readonly job?: string } | null;
}
