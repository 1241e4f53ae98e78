import type { Api } from "../shared/api";
import type { Claim, ClaimAnswer, Feedback, NothingReason, Overview } from "./types";

const REASONS: readonly NothingReason[] = ["all_claimed", "too_many_open", "skills_missing", "paused", "job_paused", "done_all", "no_jobs", "not_started"];

/** The labeler's calls that belong to the portal; everything about a claim is the editor's. */
export class WorkApi {
  constructor(private readonly api: Api) {}

  overview(): Promise<Overview> {
    return this.api.json<Overview>("/api/v1/work/overview");
  }

  feedback(claim: string): Promise<Feedback> {
    return this.api.json<Feedback>(`/api/v1/work/claims/${claim}/feedback`);
  }

  /** Takes the next photo (or answers the live claim); asking twice is safe. */
  async claim(): Promise<ClaimAnswer> {
    const response = await this.api.send("/api/v1/work/claims", { json: {} });
    if (response.status !== 204) return { claim: (await response.json()) as Claim };
    return { nothing: readNothing(response.headers) };
  }
}

/** The reason headers of a 204; an unknown reason or an unreadable time is null. */
export function readNothing(headers: Headers): { reason: NothingReason | null; until: Date | null } {
  const name = headers.get("X-Reason");
  const until = new Date(headers.get("X-Reason-Until") ?? "");
  return {
    reason: REASONS.find((reason) => reason === name) ?? null,
    until: Number.isNaN(until.getTime()) ? null : until,
  };
}
