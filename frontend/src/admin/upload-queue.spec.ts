import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../shared/api";
import { FakeClock, settle } from "../shared/clock.fake";
import { AT_ONCE, UploadQueue, type LocalFile } from "./upload-queue";

const file = (name: string, size = 10): LocalFile => ({ name, size, bytes: () => Promise.reject(new Error("unused")) });
const away = new ApiError(0, "network", "The server cannot be reached.");
const broken = new ApiError(503, "unavailable", "Try again.");

/** A server that keeps what it is sent; `faults` are thrown first, one per send. */
class Server {
  readonly files = new Map<string, number>();
  readonly asked: string[] = [];
  faults: Error[] = [];
  inFlight = 0;
  peak = 0;

  async send({ name, size }: LocalFile): Promise<void> {
    this.asked.push(name);
    this.inFlight += 1;
    this.peak = Math.max(this.peak, this.inFlight);
    await Promise.resolve();
    this.inFlight -= 1;
    const fault = this.faults.shift();
    if (fault) throw fault;
    this.files.set(name, size);
  }
}

describe("UploadQueue", () => {
  let server: Server;
  let clock: FakeClock;
  let queue: UploadQueue;

  beforeEach(() => {
    server = new Server();
    clock = new FakeClock();
    queue = new UploadQueue({
      listed: async () => new Map(server.files),
      send: (one) => server.send(one),
      clock,
      changed: () => undefined,
    });
  });

  const many = (count: number): LocalFile[] => Array.from({ length: count }, (_, index) => file(`a/${index}.png`));

  it("sends all, a few at a time", async () => {
    queue.add(many(50));
    while (queue.busy) await settle();
    expect(server.files.size).toBe(50);
    expect(server.peak).toBe(AT_ONCE);
    expect(queue).toMatchObject({ phase: "sent", sent: 50, skipped: 0, total: 50, settledBytes: 500 });
  });

  it("skips what is there with the same name and size", async () => {
    server.files.set("a.png", 10).set("b.png", 9);
    queue.add([file("a.png"), file("b.png"), file("c.png")]);
    await settle();
    expect(server.asked).toEqual(["b.png", "c.png"]);
    expect(queue).toMatchObject({ phase: "sent", sent: 2, skipped: 1, settledBytes: 30 });
  });

  it("counts a file once that was chosen twice", async () => {
    queue.add([file("a.png")]);
    queue.add([file("a.png"), file("b.png")]);
    await settle();
    expect(server.asked).toEqual(["a.png", "b.png"]);
    expect(queue.total).toBe(2);
  });

  it("lists a refused file with its reason and goes on with the others", async () => {
    server.faults = [new ApiError(413, "too_large", "40 MB at most.")];
    queue.add([file("big.png"), file("b.png")]);
    await settle();
    expect(queue.refused.map(({ file: { name }, message }) => [name, message])).toEqual([["big.png", "40 MB at most."]]);
    expect(queue).toMatchObject({ phase: "sent", sent: 1, settledBytes: 20 });
    queue.retryRefused();
    await settle();
    expect(queue).toMatchObject({ phase: "sent", sent: 2, refused: [], settledBytes: 20 });
  });

  it("waits out a network that is away, however long", async () => {
    server.faults = Array.from({ length: 40 }, () => away);
    queue.add(many(4));
    await settle();
    expect(queue).toMatchObject({ phase: "waiting", trouble: "The server cannot be reached." });
    await clock.pass(600_000);
    expect(queue).toMatchObject({ phase: "sent", sent: 4, refused: [] });
  });

  it("gives up on a file that the server fails on again and again", async () => {
    server.faults = Array.from({ length: 6 }, () => broken);
    queue.add([file("poison.png")]);
    await clock.pass(600_000);
    expect(server.asked).toHaveLength(6);
    expect(queue).toMatchObject({ phase: "sent", sent: 0 });
    expect(queue.refused[0]?.message).toBe("Try again.");
  });

  it("stops when signed out and goes on after signing in", async () => {
    server.faults = [new ApiError(401, "not_signed_in", "Sign in.")];
    queue.add([file("a.png")]);
    await clock.pass(600_000);
    expect(queue.phase).toBe("signed-out");
    expect(server.asked).toHaveLength(1);
    queue.resume();
    await settle();
    expect(queue).toMatchObject({ phase: "sent", sent: 1 });
  });

  it("waits out a server that cannot list yet", async () => {
    let lists = 0;
    const patient = new UploadQueue({
      listed: async () => {
        lists += 1;
        if (lists < 3) throw broken;
        return new Map();
      },
      send: (one) => server.send(one),
      clock,
      changed: () => undefined,
    });
    patient.add([file("a.png")]);
    await clock.pass(10_000);
    expect(lists).toBe(3);
    expect(patient).toMatchObject({ phase: "sent", sent: 1 });
  });
});
