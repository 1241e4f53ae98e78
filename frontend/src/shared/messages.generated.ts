/** The sockets' messages (docs/architecture.md, Sockets): hints that carry ids only. */

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

export type Message = WorkAvailable | WorkClaimChanged | WorkClaimEnded | JobChanged | JobProgress | SessionEnded;
