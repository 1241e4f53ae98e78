import { describe, expect, it } from "vitest";
import { Api, ApiError, csrfToken, type ApiEnvironment } from "./api";

interface Sent {
  url: string;
  init: RequestInit;
}

function server(answer: () => Promise<Response>, cookies = "csrftoken=abc; theme=x"): { api: Api; sent: Sent[] } {
  const sent: Sent[] = [];
  const environment: ApiEnvironment = {
    fetch: (url, init) => {
      sent.push({ url, init });
      return answer();
    },
    cookies: () => cookies,
  };
  return { api: new Api(environment), sent };
}

const refusal = async (response: Response): Promise<ApiError> => {
  const { api } = server(() => Promise.resolve(response));
  const error = await api.send("/x").catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("it was not refused");
  return error;
};

describe("Api", () => {
  it("reads the error shape", async () => {
    const body = {
      code: "invalid",
      message: "Two things are wrong.",
      fields: [{ path: "name", code: "required", message: "Give a name." }, { path: 3 }],
      request_id: "r-1",
    };
    const error = await refusal(Response.json(body, { status: 422 }));
    expect(error).toMatchObject({
      status: 422,
      code: "invalid",
      message: "Two things are wrong.",
      fields: [{ path: "name", code: "required", message: "Give a name." }],
      requestId: "r-1",
      passing: false,
    });
  });

  it("makes an error of a proxy's page too", async () => {
    const error = await refusal(new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "X-Request-ID": "r-2" } }));
    expect(error).toMatchObject({ status: 502, code: "http_502", requestId: "r-2", passing: true });
  });

  it("calls a missing network by its name", async () => {
    const { api } = server(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(api.send("/x")).rejects.toMatchObject({ status: 0, code: "network", passing: true });
  });

  it("lets an abort be an abort", async () => {
    const { api } = server(() => Promise.reject(new DOMException("gone", "AbortError")));
    await expect(api.send("/x")).rejects.toMatchObject({ name: "AbortError" });
  });

  it("sends JSON with the CSRF token", async () => {
    const { api, sent } = server(() => Promise.resolve(Response.json({ id: "u" }, { status: 201 })));
    expect(await api.json("/api/v1/uploads", { json: { name: "May" } })).toEqual({ id: "u" });
    expect(sent[0]?.init).toMatchObject({
      method: "POST",
      body: '{"name":"May"}',
      credentials: "same-origin",
      headers: { "X-CSRFToken": "abc", "Content-Type": "application/json", Accept: "application/json" },
    });
  });

  it("sends no token with a read", async () => {
    const { api, sent } = server(() => Promise.resolve(Response.json({})));
    await api.json("/x");
    expect(sent[0]?.init.headers).not.toHaveProperty("X-CSRFToken");
  });
});

describe("csrfToken", () => {
  it.each([
    ["csrftoken=abc", "abc"],
    ["theme=dark; csrftoken=abc; other=1", "abc"],
    ["xcsrftoken=abc", ""],
    ["", ""],
  ])("of %j is %j", (cookies, token) => {
    expect(csrfToken(cookies)).toBe(token);
  });
});
