import { describe, expect, it } from "vitest";
import { FakeClock } from "../shared/clock.fake";
import { Throttle } from "./throttle";

describe("Throttle", () => {
  it("runs at once, then at most once per pause, and not for nothing", async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    const throttle = new Throttle(1_000, clock, async () => void runs.push(clock.now()));
    throttle.call();
    await clock.pass(100);
    for (let hint = 0; hint < 50; hint += 1) throttle.call();
    await clock.pass(10_000);
    expect(runs).toEqual([0, 1_000]);
  });

  it("runs again for a call that came while it ran, and never twice at a time", async () => {
    const clock = new FakeClock();
    let inside = 0;
    let runs = 0;
    let finish: () => void = () => undefined;
    const throttle = new Throttle(10, clock, async () => {
      inside += 1;
      runs += 1;
      expect(inside).toBe(1);
      await new Promise<void>((resolve) => (finish = resolve));
      inside -= 1;
    });
    throttle.call();
    await clock.pass(100);
    throttle.call();
    await clock.pass(100);
    expect(runs).toBe(1);
    finish();
    await clock.pass(100);
    expect(runs).toBe(2);
  });

  it("does nothing after it was cancelled", async () => {
    const clock = new FakeClock();
    let runs = 0;
    const throttle = new Throttle(1_000, clock, async () => void (runs += 1));
    throttle.call();
    await clock.pass(1);
    throttle.call();
    throttle.cancel();
    throttle.call();
    await clock.pass(10_000);
    expect(runs).toBe(1);
  });
});
