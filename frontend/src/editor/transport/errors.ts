/**
 * What went wrong, as the editor must react to it: `network` (no answer), `signed_out` (401), `lease_lost`
 * (409: the claim is no longer ours), `gone` (404: nor may we know of it, as when a customer ends a vendor's work),
 * `stale_draft` (409), `invalid` (the server understood and refuses), `server` (5xx, 429: try again).
 */
export type Failure = "network" | "signed_out" | "lease_lost" | "gone" | "stale_draft" | "invalid" | "server";

/** The draft that another window or device has saved meanwhile. */
export interface OtherDraft {
  readonly seq: number;
  readonly saved_at: string | null;
  /** Its window's name (shared/window-name.ts); "" where its program told none. */
  readonly window: string;
  readonly device: string;
}

export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export class TransportError extends Error {
  override readonly name = "TransportError";

  constructor(
    readonly failure: Failure,
    message: string,
    readonly status = 0,
    readonly fields: readonly FieldError[] = [],
    /** A lost claim's answer that was kept all the same. */
    readonly annotation: string | null = null,
    /** The server's wish (Retry-After), in seconds. */
    readonly retryAfter: number | null = null,
    /** The server's code. */
    readonly code = "",
    /** With `stale_draft`. */
    readonly draft: OtherDraft | null = null,
  ) {
    super(message);
  }

  /** Whether the same call may succeed later. */
  get passing(): boolean {
    return this.failure === "network" || this.failure === "server";
  }
}

export function failureOf(error: unknown): Failure | null {
  return error instanceof TransportError ? error.failure : null;
}
