import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../shared/api";
import { FakeClock, settle } from "../shared/clock.fake";
import { EndingCheck } from "./ending";

describe("EndingCheck", () => {
  let answers: (number | null)[];
  let clock: FakeClock;
  let said: string[];
  let ending: EndingCheck;

  beforeEach(() => {
    answers = [];
    said = [];
    clock = new FakeClock();
    ending = new EndingCheck({
      ask: async () => {
        const status = answers.shift() ?? null;
        if (status !== null) throw new ApiError(status, "code", "Words.");
      },
      clock,
      goOn: () => said.push("go on"),
      signedOut: () => said.push("signed out"),
      rightsEnded: () => said.push("rights ended"),
    });
  });

  it.each([
    [null, "go on"],
    [401, "signed out"],
    [403, "rights ended"],
  ])("after an answer of %s it says: %s", async (status, expected) => {
    answers = [status];
    ending.check();
    await settle();
    await clock.pass(10_000);
    expect(said).toEqual([expected]);
  });

  it("decides nothing while the server cannot be reached", async () => {
    answers = [0, 503, 403];
    ending.check();
    await settle();
    await clock.pass(2_000);
    expect(said).toEqual([]);
    await clock.pass(2_000);
    expect(said).toEqual(["rights ended"]);
  });

  it("says nothing once it is stopped", async () => {
    ending.check();
    ending.stop();
    await settle();
    await clock.pass(10_000);
    expect(said).toEqual([]);
  });
});
