import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TransportError } from "./errors";
import { HttpTransport } from "./http";
import { retrying } from "./retry";
import type { Assignment } from "./transport";

const assignment: Assignment = {
  id: "0199", token: 7, expires_at: "2026-11-24T14:32:00Z", seconds_left: 3540,
  task: { id: "t", job: { id: "j", name: "street-1" }, data_object: { id: "d", code: "3e4f5b" } },
  image: { url: "/api/v1/work/claims/0199/image", width: 4, height: 3 },
  categories: [], revision: 3, paused: false, draft: null,
  template: { title: "", instructions_html: "", tools: [], allow_empty: true, allow_impossible: true, require_full_coverage: false },
};
const png = Uint8Array.from([1, 2, 3]);

/** The outside world: answers in order, and what was asked. */
let answers: (Response | Error)[];
let asked: { url: string; init: RequestInit; headers: Headers }[];

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

beforeEach(() => {
  answers = [];
  asked = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, init, headers: new Headers(init.headers) });
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError("no answer prepared");
    return answer;
  });
  const head = { querySelector: () => ({ content: "org-1" }) };
  vi.stubGlobal("document", { cookie: "theme=dark; csrftoken=abc%3D; other=1", ...head });
});
afterEach(() => vi.unstubAllGlobals());

describe("HttpTransport", () => {
  const transport = new HttpTransport();

  it("submits the mask's bytes with token, key and CSRF header", async () => {
    answers = [json(200, { annotation: "a1", status: "accepted", sha256: "s", raster_sha256: "r", accepted_at: "now" })];
    const receipt = await transport.submit(assignment, { kind: "mask", png }, "key-1");
    expect(receipt).toEqual({ annotation: "a1", status: "accepted", sha256: "s", raster_sha256: "r", accepted_at: "now" });
    const [{ url, init, headers }] = asked;
    expect([url, init.method, init.body]).toEqual(["/api/v1/work/claims/0199/submit", "POST", png]);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "image/png", "x-fencing-token": "7", "idempotency-key": "key-1", "x-csrftoken": "abc=",
      "x-organization": "org-1",
    });
  });

  it("submits the other kinds of answer as JSON", async () => {
    answers = [json(200, { annotation: "a" }), json(200, { annotation: "b" })];
    await transport.submit(assignment, { kind: "empty" }, "k");
    await transport.submit(assignment, { kind: "impossible", reason: "too dark" }, "k");
    expect(asked.map(({ init }) => JSON.parse(init.body as string) as unknown)).toEqual([
      { kind: "empty", content: {} },
      { kind: "impossible", content: { reason: "too dark" } },
    ]);
  });

  it("saves and loads drafts with their numbers", async () => {
    answers = [json(200, { seq: 5, sha256: "s" }), new Response(png, { headers: { "X-Draft-Seq": "5" } }), json(404, { code: "no_draft" })];
    await transport.saveDraft(assignment, { seq: 5, png, base: 4 });
    const { init, headers } = asked[0];
    expect([init.method, headers.get("x-draft-seq"), headers.get("x-draft-base")]).toEqual(["PUT", "5", "4"]);
    expect(await transport.loadDraft(assignment)).toEqual({ seq: 5, png });
    expect(await transport.loadDraft(assignment)).toBeNull();
  });

  it("reads a segment's box and score", async () => {
    answers = [new Response(png, { headers: { "X-Box": "1,2,30,40", "X-Score": "0.9" } })];
    const request = { tool: "extreme-points", points: [[5, 2], [1, 8], [6, 39], [29, 9]] } as const;
    const result = await transport.segment(assignment, request, new AbortController().signal);
    expect(result).toEqual({ box: [1, 2, 30, 40], png, score: 0.9 });
    expect(JSON.parse(asked[0].init.body as string)).toEqual(request);
  });

  it.each([
    [new TypeError("fetch failed"), "network", true],
    [json(401, { code: "not_authenticated", message: "Sign in." }), "signed_out", false],
    [json(409, { code: "lease_lost", message: "Too late." }), "lease_lost", false],
    [json(404, { code: "not_found", message: "No such assignment." }), "gone", false],
    [json(404, { code: "no_draft", message: "No draft." }), "invalid", false],
    [json(409, { code: "stale_draft" }), "stale_draft", false],
    [json(422, { code: "wrong_mask" }), "invalid", false],
    [json(403, { code: "forbidden" }), "invalid", false],
    [json(503, {}), "server", true],
    [json(429, {}), "server", true],
    [new Response("<html>Bad gateway</html>", { status: 502 }), "server", true],
  ] as const)("names what went wrong (case %#)", async (answer, failure, passing) => {
    answers = [answer];
    const error: unknown = await transport.release(assignment).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ failure, passing });
  });

  it("hands on the fields of a refusal, the kept annotation and Retry-After", async () => {
    const fields = [{ path: "mask", code: "unknown_index", message: "Index 9 has no category." }];
    answers = [json(422, { code: "invalid", message: "Wrong.", fields }), json(409, { code: "lease_lost", annotation: "late-1" }), json(503, {}, { "Retry-After": "12" })];
    const errors = [];
    for (let call = 0; call < 3; call++) {
      errors.push(await transport.submit(assignment, { kind: "empty" }, "k").catch((caught: unknown) => caught));
    }
    expect(errors).toMatchObject([{ fields, message: "Wrong." }, { annotation: "late-1" }, { retryAfter: 12 }]);
  });
});

describe("retrying", () => {
  const transport = new HttpTransport();
  const options = (waits: number[], signal = new AbortController().signal) => ({
    signal,
    random: () => 0.5,
    sleep: async (seconds: number) => void waits.push(seconds),
  });

  it("submits again with the same key and bytes until the server acknowledges", async () => {
    const waits: number[] = [];
    answers = [new TypeError("down"), json(500, {}), json(503, {}, { "Retry-After": "9" }), new TypeError("down"), json(200, { annotation: "a1" })];
    const receipt = await retrying(() => transport.submit(assignment, { kind: "mask", png }, "one-key"), options(waits));
    expect(receipt.annotation).toBe("a1");
    expect(new Set(asked.map(({ headers }) => headers.get("idempotency-key")))).toEqual(new Set(["one-key"]));
    expect(asked.every(({ init }) => init.body === png)).toBe(true);
    expect(waits).toEqual([1, 2, 9, 8]);
  });

  it("waits half a minute at most", async () => {
    const waits: number[] = [];
    answers = [...Array.from({ length: 9 }, () => new TypeError("down")), json(200, { annotation: "a" })];
    await retrying(() => transport.submit(assignment, { kind: "empty" }, "k"), options(waits));
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30]);
  });

  it("does not repeat what cannot succeed", async () => {
    answers = [json(422, { code: "wrong_mask" })];
    await expect(retrying(() => transport.submit(assignment, { kind: "empty" }, "k"), options([]))).rejects.toMatchObject({ failure: "invalid" });
    expect(asked).toHaveLength(1);
  });

  it("ends when the person gives up", async () => {
    const giveUp = new AbortController();
    answers = [new TypeError("down"), new TypeError("down")];
    const sleep = async (): Promise<void> => giveUp.abort();
    await expect(retrying(() => transport.submit(assignment, { kind: "empty" }, "k"), { signal: giveUp.signal, sleep })).rejects.toMatchObject({ name: "AbortError" });
    expect(asked).toHaveLength(1);
  });
});
