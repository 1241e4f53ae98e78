import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Assignment, NextTask, Transport } from "../transport/transport";
import { Ahead } from "./ahead";

const assignment = { id: "claim", task: { id: "now" } } as unknown as Assignment;
const told: NextTask = { id: "slot", kept_until: "", task: { id: "later" }, image: { url: "/next", width: 4, height: 3 } };

function setUp(next: () => Promise<NextTask | null>) {
  const close = vi.fn();
  const decode = vi.fn(() => Promise.resolve({ close } as unknown as ImageBitmap));
  const transport = { next: vi.fn(next), loadNextImage: vi.fn(() => Promise.resolve(new Blob())) };
  const ahead = new Ahead(decode);
  ahead.begin(assignment, transport as unknown as Transport);
  return { ahead, close, decode, transport };
}

describe("Ahead", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("has the next photo decoded, once, for the task it belongs to", async () => {
    const { ahead, decode } = setUp(() => Promise.resolve(told));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(decode).toHaveBeenCalledWith(expect.any(Blob), 4, 3);
    expect(ahead.take("other")).toBeNull();
    expect(await ahead.take("later")).toBeDefined();
    expect(ahead.take("later")).toBeNull();
  });

  it("asks again while there is nothing, and after trouble", async () => {
    const { transport } = setUp(() => Promise.resolve(null));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(transport.next).toHaveBeenCalledTimes(1);
    transport.next.mockRejectedValueOnce(new Error("down"));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(transport.next).toHaveBeenCalledTimes(3);
  });

  it("closes what nobody took, and forgets what is under way", async () => {
    const { ahead, close, transport } = setUp(() => Promise.resolve(told));
    await vi.advanceTimersByTimeAsync(2_000);
    ahead.drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(close).toHaveBeenCalledTimes(1);
    expect(ahead.take("later")).toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transport.next).toHaveBeenCalledTimes(1);
  });
});
