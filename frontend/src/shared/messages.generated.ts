/**
 * Hints that come over the sockets: ids only; what they mean now is asked by HTTP.
 * Written by `manage.py generate_messages` from the apps' messages.py. Do not edit.
 */

export interface JobChanged {
  readonly type: "job.changed";
  readonly version: 1;
  readonly data: { readonly job: string };
}

export interface JobProgress {
  readonly type: "job.progress";
  readonly version: 1;
  readonly data: { readonly job: string };
}

export interface SessionEnded {
  readonly type: "session.ended";
  readonly version: 1;
  readonly data: Readonly<Record<string, never>>;
}

export interface WorkAnswerReviewed {
  readonly type: "work.answer_reviewed";
  readonly version: 1;
  readonly data: { readonly claim: string };
}

export interface WorkAvailable {
  readonly type: "work.available";
  readonly version: 1;
  readonly data: { readonly work_queue: string };
}

export interface WorkClaimChanged {
  readonly type: "work.claim_changed";
  readonly version: 1;
  readonly data: { readonly claim: string };
}

export interface WorkClaimEnded {
  readonly type: "work.claim_ended";
  readonly version: 1;
  readonly data: { readonly claim: string };
}

export type Message =
  | JobChanged
  | JobProgress
  | SessionEnded
  | WorkAnswerReviewed
  | WorkAvailable
  | WorkClaimChanged
  | WorkClaimEnded;
