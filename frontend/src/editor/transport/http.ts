import { openedUnder } from "../../shared/api";
import { windowName } from "../../shared/window-name";
import { TransportError, type Failure, type FieldError, type OtherDraft } from "./errors";
import type {
  Answer, Assignment, DraftBytes, DraftToSave, DraftVersion, Heartbeat, NextTask, Receipt, SegmentRequest, SegmentResult, Transport,
} from "./transport";

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly fields?: readonly FieldError[];
  readonly annotation?: string | null;
  readonly draft?: OtherDraft | null;
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly png?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly limit?: number;
}

/** A call without answer for this long counts as a lost network; uploads of large masks fit easily. */
const TIMEOUT = 60_000;
/** A heartbeat is small. */
const HEARTBEAT_TIMEOUT = 10_000;

function cookie(name: string): string {
  if (typeof document === "undefined") return "";
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found === undefined ? "" : decodeURIComponent(found.slice(name.length + 1));
}

function failureFor(status: number, code: string | undefined): Failure {
  if (status === 401) return "signed_out";
  if (status === 409 && code === "stale_draft") return "stale_draft";
  if (code === "lease_lost") return "lease_lost";
  if (status === 404 && code === "not_found") return "gone";
  return status >= 500 || status === 429 || status === 408 ? "server" : "invalid";
}

function contentOf(answer: Answer): unknown {
  if (answer.kind === "review" || answer.kind === "choice" || answer.kind === "crowd") return answer.content;
  return answer.kind === "impossible" ? { reason: answer.reason } : {};
}

async function toError(response: Response): Promise<TransportError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const retry = Number(response.headers.get("Retry-After") ?? NaN);
  return new TransportError(
    failureFor(response.status, body.code),
    body.message ?? `${response.status} ${response.statusText}`.trim(),
    response.status,
    body.fields ?? [],
    body.annotation ?? null,
    Number.isFinite(retry) ? retry : null,
    body.code ?? "",
    body.draft ?? null,
  );
}

/** The work API over HTTP, same origin, session cookie and CSRF header. */
export class HttpTransport implements Transport {
  constructor(
    readonly base = "/api/v1/work",
    /** For specs and for pages that sign in by a token. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async loadImage(assignment: Assignment, signal?: AbortSignal): Promise<Blob> {
    const response = await this.#fetch(assignment.image.url, assignment, { signal });
    return response.blob();
  }

  async loadDraft(assignment: Assignment): Promise<DraftBytes | null> {
    try {
      const response = await this.#claim(assignment, "draft", {});
      return {
        seq: Number(response.headers.get("X-Draft-Seq") ?? assignment.draft?.seq ?? 0),
        png: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (error) {
      if (error instanceof TransportError && error.status === 404) return null;
      throw error;
    }
  }

  async saveDraft(assignment: Assignment, { seq, png, base, keepReplaced }: DraftToSave): Promise<void> {
    const headers = {
      "X-Draft-Seq": String(seq),
      "X-Draft-Base": String(base),
      "X-Window": windowName(),
      ...(keepReplaced === true ? { "X-Draft-Keep": "replaced" } : {}),
    };
    await this.#claim(assignment, "draft", { method: "PUT", png, headers });
  }

  async keepVersion(assignment: Assignment, png: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#claim(assignment, "draft/versions", { method: "POST", png, headers: { "X-Window": windowName() } });
  }

  async draftVersions(assignment: Assignment): Promise<readonly DraftVersion[]> {
    const response = await this.#claim(assignment, "draft/versions", {});
    return ((await response.json()) as { readonly results: readonly DraftVersion[] }).results;
  }

  async submit(assignment: Assignment, answer: Answer, idempotencyKey: string, base?: number): Promise<Receipt> {
    const headers = { "Idempotency-Key": idempotencyKey, ...(base === undefined ? {} : { "X-Draft-Base": String(base) }) };
    const call: Call =
      answer.kind === "mask"
        ? { method: "POST", png: answer.png, headers }
        : {
            method: "POST",
            headers,
            body: { kind: answer.kind, content: contentOf(answer) },
          };
    const response = await this.#claim(assignment, "submit", call);
    const body = (await response.json()) as Partial<Receipt> & { readonly annotation: string };
    return { status: "accepted", sha256: null, raster_sha256: null, accepted_at: null, ...body };
  }

  async heartbeat(assignment: Assignment, activeSeconds: number, limit = HEARTBEAT_TIMEOUT): Promise<Heartbeat> {
    const body = { active_seconds: Math.round(activeSeconds * 10) / 10 };
    const response = await this.#claim(assignment, "heartbeat", { method: "POST", body, limit });
    return (await response.json()) as Heartbeat;
  }

  async release(assignment: Assignment, hold = false): Promise<void> {
    await this.#claim(assignment, "release", { method: "POST", body: hold ? { hold } : {} });
  }

  async next(assignment: Assignment): Promise<NextTask | null> {
    const response = await this.#claim(assignment, "next", { method: "POST", body: {} });
    return response.status === 204 ? null : ((await response.json()) as NextTask);
  }

  async loadNextImage(next: NextTask, signal?: AbortSignal): Promise<Blob> {
    const response = await this.#fetch(next.image.url, null, { signal });
    return response.blob();
  }

  async decline(assignment: Assignment, reason: string): Promise<void> {
    await this.#claim(assignment, "decline", { method: "POST", body: { reason } });
  }

  async segment(assignment: Assignment, request: SegmentRequest, signal: AbortSignal): Promise<SegmentResult> {
    const response = await this.#claim(assignment, "segment", { method: "POST", body: request, signal });
    const box = (response.headers.get("X-Box") ?? "").split(",").map(Number);
    if (box.length !== 4 || !box.every(Number.isInteger)) {
      throw new TransportError("server", "the answer names no box", response.status);
    }
    const score = response.headers.get("X-Score");
    return {
      box: [box[0], box[1], box[2], box[3]],
      png: new Uint8Array(await response.arrayBuffer()),
      score: score === null ? null : Number(score),
    };
  }

  async loadMask(url: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#fetch(url, null, {});
    return new Uint8Array(await response.arrayBuffer());
  }

  #claim(assignment: Assignment, path: string, call: Call): Promise<Response> {
    return this.#fetch(`${this.base}/claims/${assignment.id}/${path}`, assignment, call);
  }

  async #fetch(url: string, assignment: Assignment | null, call: Call): Promise<Response> {
    const headers = new Headers({ ...this.headers, ...call.headers });
    if (assignment !== null && assignment.token > 0) headers.set("X-Fencing-Token", String(assignment.token));
    if (call.method !== undefined) headers.set("X-CSRFToken", cookie("csrftoken"));
    const organization = openedUnder();
    if (organization) headers.set("X-Organization", organization);
    if (call.png !== undefined) headers.set("Content-Type", assignment?.frame ? "application/json" : "image/png");
    else if (call.body !== undefined) headers.set("Content-Type", "application/json");
    const timeout = AbortSignal.timeout(call.limit ?? TIMEOUT);
    let response: Response;
    try {
      response = await fetch(url, {
        method: call.method ?? "GET",
        headers,
        body: call.png ?? (call.body === undefined ? null : JSON.stringify(call.body)),
        credentials: "same-origin",
        cache: "no-store",
        signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
      });
    } catch (error) {
      if (call.signal?.aborted === true) throw error;
      throw new TransportError("network", "the server cannot be reached");
    }
    if (!response.ok) throw await toError(response);
    return response;
  }
}
