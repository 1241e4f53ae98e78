import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../shared/api";
import { FakeClock, settle } from "../shared/clock.fake";
import { HINT_SPREAD, SLOW_POLL, WorkSession, type SessionState } from "./session";
import type { Claim, ClaimAnswer, Nothing } from "./types";

const claim = (id: string): ClaimAnswer => ({
  claim: { id, token: 1, task: { job: { id: "job", name: "street-1" } } } satisfies Claim,
});
const none = (reason: Nothing["reason"] = "all_claimed", until: Date | null = null): ClaimAnswer => ({
  nothing: { reason, until },
});

/** A server whose answers a spec lines up; a question without an answer hangs until `answer` gives one. */
class Server {
  asked = 0;
  #lined: (ClaimAnswer | Error)[] = [];
  #open: { resolve: (answer: ClaimAnswer) => void; reject: (error: Error) => void }[] = [];

  next(...answers: (ClaimAnswer | Error)[]): void {
    this.#lined.push(...answers);
  }

  claim(): Promise<ClaimAnswer> {
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      const answer = this.#lined.shift();
      if (answer) this.answer(answer);
    });
  }

  answer(answer: ClaimAnswer | Error): void {
    const question = this.#open.shift();
    if (answer instanceof Error) question?.reject(answer);
    else question?.resolve(answer);
  }
}

describe("WorkSession", () => {
  let server: Server;
  let clock: FakeClock;
  let session: WorkSession;
  let states: SessionState[];

  beforeEach(() => {
    server = new Server();
    clock = new FakeClock();
    states = [];
    session = new WorkSession({ claim: () => server.claim(), clock, changed: (state) => states.push(state) });
  });

  const view = (): string => session.state.view.kind;

  it("shows what was wrong after a submit in a qualification, until he goes on", async () => {
    const asked = (id: string): ClaimAnswer => ({ claim: { id, token: 1, task: { job: { id: "job", name: "q" } }, feedback: true } });
    server.next(asked("one"), asked("two"));
    session.start();
    await settle();
    session.finished(true);
    expect(view()).toBe("feedback");
    session.hint();
    await clock.pass(SLOW_POLL * 2);
    expect([view(), server.asked]).toEqual(["feedback", 1]);
    session.goOn();
    await settle();
    expect([view(), server.asked]).toEqual(["editing", 2]);
    session.finished(false);
    expect(view()).toBe("asking");
  });

  const waiting = async (answer = none()): Promise<void> => {
    server.next(answer);
    session.start();
    await settle();
    expect(view()).toBe("waiting");
  };

  it("asks nothing before Start", async () => {
    session.hint();
    session.wake();
    await clock.pass(60_000);
    expect(server.asked).toBe(0);
  });

  it("opens one photo after the other", async () => {
    server.next(claim("a"), claim("b"));
    session.start();
    await settle();
    expect(session.state.view).toMatchObject({ kind: "editing", claim: { id: "a" } });
    session.finished();
    await settle();
    expect(session.state.view).toMatchObject({ kind: "editing", claim: { id: "b" } });
  });

  it("opens the next photo within a breath of a hint", async () => {
    await waiting();
    server.next(claim("a"));
    session.hint();
    await clock.pass(HINT_SPREAD);
    expect(view()).toBe("editing");
  });

  it("does not ask before its share of the spread has passed", async () => {
    clock.nextRandom = 0.9;
    await waiting();
    session.hint();
    await clock.pass(HINT_SPREAD * 0.8);
    expect(server.asked).toBe(1);
  });

  it("asks again when the hint came while an answer was under way", async () => {
    session.start();
    session.hint();
    server.answer(none());
    await settle();
    expect(view()).toBe("waiting");
    server.next(claim("a"));
    await clock.pass(HINT_SPREAD);
    expect(view()).toBe("editing");
  });

  it("polls slowly when no hint comes", async () => {
    await waiting();
    server.next(claim("a"));
    await clock.pass(SLOW_POLL * 0.8);
    expect(server.asked).toBe(1);
    await clock.pass(SLOW_POLL * 0.3);
    expect(view()).toBe("editing");
  });

  it("asks when the time the server named has come", async () => {
    await waiting(none("all_claimed", new Date(4_000)));
    server.next(claim("a"));
    await clock.pass(3_900);
    expect(server.asked).toBe(1);
    await clock.pass(100 + HINT_SPREAD);
    expect(view()).toBe("editing");
  });

  it("polls slowly when the time the server named is past", async () => {
    await clock.pass(50_000);
    await waiting(none("all_claimed", new Date(4_000)));
    await clock.pass(SLOW_POLL * 0.8);
    expect(server.asked).toBe(1);
  });

  it("leaves an open photo alone, whatever is hinted", async () => {
    server.next(claim("a"));
    session.start();
    await settle();
    session.hint();
    session.wake();
    await clock.pass(60_000);
    expect(server.asked).toBe(1);
  });

  it("stops: an answer under way opens nothing", async () => {
    session.start();
    session.stop();
    server.answer(claim("a"));
    await clock.pass(60_000);
    expect(view()).toBe("home");
    expect(server.asked).toBe(1);
  });

  it("retries with growing delays, and at once on a hint", async () => {
    const lost = new ApiError(0, "network", "No network.");
    server.next(lost, lost, lost);
    session.start();
    await settle();
    expect(session.state.view).toEqual({ kind: "trouble", message: "No network." });
    await clock.pass(1_000);
    expect(server.asked).toBe(2);
    await clock.pass(1_000);
    expect(server.asked).toBe(2);
    await clock.pass(1_000);
    expect(server.asked).toBe(3);
    server.next(claim("a"));
    session.hint();
    await clock.pass(HINT_SPREAD);
    expect(view()).toBe("editing");
  });

  it("keeps the open photo when the session ends and goes on after signing in", async () => {
    server.next(claim("a"));
    session.start();
    await settle();
    session.signedOut();
    expect(session.state).toMatchObject({ signedOut: true, view: { kind: "editing", claim: { id: "a" } } });
    session.signedIn();
    await clock.pass(60_000);
    expect(session.state).toMatchObject({ signedOut: false, view: { kind: "editing", claim: { id: "a" } } });
    expect(server.asked).toBe(1);
  });

  it("waits for the sign-in when asking is refused with 401, then asks at once", async () => {
    server.next(new ApiError(401, "not_authenticated", "Sign in."));
    session.start();
    await settle();
    expect(session.state.signedOut).toBe(true);
    await clock.pass(60_000);
    expect(server.asked).toBe(1);
    server.next(claim("a"));
    session.signedIn();
    await clock.pass(0);
    expect(view()).toBe("editing");
  });

  it("ends for good when the rights end", async () => {
    await waiting();
    session.rightsEnded("Your membership ended.");
    session.hint();
    await clock.pass(60_000);
    expect(session.state.view).toEqual({ kind: "ended", message: "Your membership ended." });
    expect(server.asked).toBe(1);
  });

  it("slows down when the editor cannot be shown again and again", async () => {
    server.next(claim("a"), claim("a"), claim("a"));
    session.start();
    await settle();
    session.broken("The editor could not be loaded.");
    await clock.pass(1_000);
    expect(view()).toBe("editing");
    session.broken("The editor could not be loaded.");
    await clock.pass(1_000);
    expect(view()).toBe("trouble");
    await clock.pass(1_000);
    expect(view()).toBe("editing");
  });
});
