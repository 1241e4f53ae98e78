/** The REST client: same-origin session cookie, CSRF header, and the one error shape of docs/architecture.md. */

import { t } from "./i18n";

export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A refused or failed call. `status` is 0 when no answer came (code `network`). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: readonly FieldError[] = [],
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the same call may work later without anybody changing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface Call {
  readonly method?: string;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What the client needs of a browser; specs give their own. */
export interface ApiEnvironment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  cookies(): string;
  /** The id of the organization the page was opened under; "" on pages that belong to none. */
  organization?(): string;
}

const browser: ApiEnvironment = {
  fetch: (url, init) => fetch(url, init),
  cookies: () => document.cookie,
  organization: openedUnder,
};

export class Api {
  constructor(private readonly environment: ApiEnvironment = browser) {}

  /** The answer of a successful call (2xx); anything else throws `ApiError`. Aborting rethrows the abort. */
  async send(url: string, call: Call = {}): Promise<Response> {
    const method = call.method ?? (call.json === undefined && call.body === undefined ? "GET" : "POST");
    const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
    if (method !== "GET") headers["X-CSRFToken"] = csrfToken(this.environment.cookies());
    const organization = this.environment.organization?.();
    if (organization) headers["X-Organization"] = organization;
    if (call.json !== undefined) headers["Content-Type"] = "application/json";
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    const init: RequestInit = { method, headers, credentials: "same-origin" };
    if (body !== undefined) init.body = body;
    if (call.signal) init.signal = call.signal;
    const response = await this.#fetch(url, init);
    if (!response.ok) throw await readError(response);
    return response;
  }

  async json<T>(url: string, call: Call = {}): Promise<T> {
    const response = await this.send(url, call);
    return (await response.json()) as T;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.environment.fetch(url, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, "network", t("The server cannot be reached. Check your connection."));
    }
  }
}

/** From the page's head: the server refuses calls of a page whose organization is no longer the session's. */
export function openedUnder(): string {
  if (typeof document === "undefined") return "";
  return document.querySelector<HTMLMetaElement>('meta[name="organization"]')?.content ?? "";
}

/** Django's CSRF cookie; read at each call because signing in again renews it. */
export function csrfToken(cookies: string): string {
  const match = /(?:^|;\s*)csrftoken=([^;]*)/.exec(cookies);
  return match?.[1] ?? "";
}

/** The error of a refused call; an answer in another shape (a proxy's page) becomes code `http_<status>`. */
export async function readError(response: Response): Promise<ApiError> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => null);
  const header = response.headers.get("X-Request-ID");
  if (!isObject(body) || typeof body["code"] !== "string") {
    const message = status >= 500 ? t("The server could not answer. Try again in a moment.") : t("The server refused this.");
    return new ApiError(status, `http_${status}`, message, [], header);
  }
  const { code, message, fields, request_id: requestId } = body;
  return new ApiError(
    status,
    code,
    typeof message === "string" && message ? message : code,
    Array.isArray(fields) ? fields.filter(isFieldError) : [],
    typeof requestId === "string" ? requestId : header,
  );
}

function isObject(value: unknown): value is Record<string, unknown> & { code: string } {
  return typeof value === "object" && value !== null;
}

function isFieldError(value: unknown): value is FieldError {
  return (
    isObject(value) &&
    typeof value["path"] === "string" &&
    typeof value["code"] === "string" &&
    typeof value["message"] === "string"
  );
}
