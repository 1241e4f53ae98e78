import { describe, expect, it } from "vitest";
import { ActivityMeter } from "./activity";

describe("ActivityMeter", () => {
  it("counts half a minute after each input, overlaps once, pauses not at all", () => {
    const meter = new ActivityMeter();
    meter.input(100_000);
    meter.input(110_000);
    expect(meter.take(120_000)).toBe(20);
    expect(meter.take(130_000)).toBe(10);
    expect(meter.take(150_000)).toBe(10);
    expect(meter.take(900_000)).toBe(0);
    meter.input(900_000);
    meter.input(1_000_000);
    expect(meter.take(1_010_000)).toBe(40);
  });

  it("reports again what could not be reported", () => {
    const meter = new ActivityMeter();
    meter.input(0);
    const seconds = meter.take(20_000);
    meter.giveBack(seconds);
    expect(meter.take(25_000)).toBe(25);
  });
});
