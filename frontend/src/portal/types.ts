/** What the portal reads of the work API (docs/architecture.md); the editor reads the rest of a claim. */

/** A live claim exactly as the server sent it; only what the portal itself needs is named. */
export interface Claim {
  readonly id: string;
  readonly token: number;
  readonly task: { readonly job: { readonly id: string; readonly name: string } };
  readonly template?: { readonly title?: string };
}

/** Why there is no photo at the moment (header `X-Reason`). */
export type NothingReason = "all_claimed" | "job_paused" | "done_all" | "no_jobs" | "not_started";

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
  readonly mine: number;
  readonly total: number;
  readonly paused: boolean;
}

/** An answer that came back to its labeler. */
export interface Returned {
  readonly id: string;
  readonly job: string;
  readonly reason?: string;
  readonly returned_at?: string;
}

export interface Overview {
  readonly person: { readonly name: string; readonly username: string };
  readonly organization: { readonly id: string; readonly name: string };
  readonly today: { readonly submitted: number; readonly active_seconds: number };
  readonly jobs: readonly JobSummary[];
  readonly returned: readonly Returned[];
  readonly claim: { readonly id: string; readonly job?: string } | null;
}
