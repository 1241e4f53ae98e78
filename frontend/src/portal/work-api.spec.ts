import { describe, expect, it } from "vitest";
import { Api } from "../shared/api";
import { OverviewStore } from "./overview-store";
import type { Overview } from "./types";
import { waitingWords } from "./waiting-view";
import { readNothing, WorkApi } from "./work-api";

describe("WorkApi", () => {
  it("reads a claim, and why there is none", async () => {
    const answers = [
      Response.json({ id: "a" }, { status: 201 }),
      new Response(null, { status: 204, headers: { "X-Reason": "job_paused" } }),
    ];
    const api = new WorkApi(
      new Api({ fetch: () => Promise.resolve(answers.shift() ?? Response.error()), cookies: () => "" }),
    );
    expect(await api.claim()).toEqual({ claim: { id: "a" } });
    expect(await api.claim()).toEqual({ nothing: { reason: "job_paused", until: null } });
  });

  it("reads the time a reason names, and bears what it does not know", () => {
    const headers = new Headers({ "X-Reason": "all_claimed", "X-Reason-Until": "2026-11-24T14:32:00Z" });
    expect(readNothing(headers)).toEqual({ reason: "all_claimed", until: new Date("2026-11-24T14:32:00Z") });
    expect(readNothing(new Headers({ "X-Reason": "later", "X-Reason-Until": "soon" }))).toEqual({
      reason: null,
      until: null,
    });
  });
});

describe("waitingWords", () => {
  it("says until when all photos are with others", () => {
    const until = new Date(2026, 10, 24, 14, 32);
    const words = waitingWords({ reason: "all_claimed", until }, new Date(2026, 10, 24, 12, 0));
    expect(words.title).toMatch(/^All photos are with other labelers until 0?2:32\sPM$/);
  });
});

describe("OverviewStore", () => {
  it("loads once more when it was asked to while loading, and keeps the old view on an error", async () => {
    const overview = { jobs: [] } as unknown as Overview;
    const answers: (Overview | Error)[] = [overview, new Error("No network."), overview];
    let loads = 0;
    const store = new OverviewStore({
      load: async () => {
        loads += 1;
        const answer = answers.shift();
        if (!answer || answer instanceof Error) throw answer ?? new Error("asked too often");
        return answer;
      },
      changed: () => undefined,
      signedOut: () => undefined,
      rightsEnded: () => undefined,
    });
    const first = store.refresh();
    void store.refresh();
    void store.refresh();
    await first;
    expect(loads).toBe(2);
    expect(store.state).toEqual({ overview, error: "No network." });
    await store.refresh();
    expect(store.state).toEqual({ overview, error: null });
  });
});
