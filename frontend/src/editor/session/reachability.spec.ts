import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../../shared/clock.fake";
import { TransportError } from "../transport/errors";
import { Reachability } from "./reachability";

describe("Reachability", () => {
  let clock: FakeClock;
  let network: boolean;
  let probes: number;
  let told: [number, boolean][];
  let reachability: Reachability;
  const dead = (): Promise<never> => Promise.reject(new TransportError("network", "no answer"));

  beforeEach(() => {
    clock = new FakeClock();
    network = true;
    probes = 0;
    told = [];
    reachability = new Reachability({
      clock,
      probe: () => {
        probes++;
        if (network) return Promise.resolve();
        return new Promise((_resolve, reject) => clock.after(1_800, () => reject(new TransportError("network", "silent"))));
      },
      changed: (reachable) => told.push([clock.now(), reachable]),
    });
  });

  it("knows at once when the browser says so or a call fails", async () => {
    network = false;
    await reachability.watch(dead()).catch(() => undefined);
    expect(told).toEqual([[0, false]]);
  });

  it("knows within three seconds when calls are only silent", async () => {
    network = false;
    void reachability.watch(new Promise(() => undefined));
    await clock.pass(3_000);
    expect(told.map(([, reachable]) => reachable)).toEqual([false]);
    expect(told[0][0]).toBeLessThanOrEqual(3_000);
  });

  it("knows within three seconds of the socket's end, and does not take a slow upload for a lost network", async () => {
    reachability.suspect();
    void reachability.watch(new Promise(() => undefined));
    await clock.pass(30_000);
    expect([probes, told]).toEqual([2, []]);
    network = false;
    reachability.suspect();
    await clock.pass(2_000);
    expect(told).toHaveLength(1);
  });

  it("comes back by itself, asking at most every ten seconds", async () => {
    network = false;
    reachability.lost();
    await clock.pass(60_000);
    const asked = probes;
    expect(asked).toBeGreaterThan(5);
    network = true;
    await clock.pass(12_000);
    expect(told.map(([, reachable]) => reachable)).toEqual([false, true]);
    const after = probes;
    await clock.pass(60_000);
    expect(probes).toBe(after);
  });

  it("takes a refusal for an answer", async () => {
    reachability.lost();
    await reachability.watch(Promise.reject(new TransportError("lease_lost", "over", 409))).catch(() => undefined);
    await settle();
    expect(reachability.reachable).toBe(true);
  });

  it("is silent once it has ended", async () => {
    network = false;
    reachability.lost();
    reachability.end();
    await clock.pass(60_000);
    expect(probes).toBe(0);
  });
});
