import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "./clock.fake";
import type { Message } from "./messages.generated";
import { HintSocket, parseMessage, type Connection, type ConnectionEvents, type Ending } from "./socket";

const HINT = '{"type":"work.available","version":1,"data":{"work_queue":"q"}}';

describe("HintSocket", () => {
  let clock: FakeClock;
  let dialed: (ConnectionEvents & { hungUp: boolean })[];
  let messages: Message[];
  let connections: Connection[];
  let endings: Ending[];
  let socket: HintSocket;

  beforeEach(() => {
    clock = new FakeClock();
    dialed = [];
    messages = [];
    connections = [];
    endings = [];
    socket = new HintSocket(
      "/ws/work/",
      {
        message: (message) => messages.push(message),
        connection: (state) => connections.push(state),
        ended: (ending) => endings.push(ending),
      },
      clock,
      (_path, events) => {
        const line = { ...events, hungUp: false };
        dialed.push(line);
        return () => {
          line.hungUp = true;
        };
      },
    );
    socket.open();
  });

  const last = (): ConnectionEvents => {
    const line = dialed.at(-1);
    if (!line) throw new Error("nothing was dialed");
    return line;
  };

  it("hands on what it hears", () => {
    last().opened();
    last().received(HINT);
    expect(messages).toEqual([{ type: "work.available", version: 1, data: { work_queue: "q" } }]);
    expect(connections).toEqual(["live"]);
  });

  it("dials again after a loss, with growing delays", async () => {
    clock.nextRandom = 1;
    const waits: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const before = dialed.length;
      last().closed(1006);
      let waited = 0;
      while (dialed.length === before) {
        await clock.pass(100);
        waited += 100;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([400, 800, 1600, 3200]);
  });

  it("starts over with short delays after it was live", async () => {
    last().closed(1006);
    await clock.pass(400);
    last().closed(1006);
    await clock.pass(800);
    last().opened();
    last().closed(1012);
    await clock.pass(400);
    expect(dialed).toHaveLength(4);
    expect(connections).toEqual(["offline", "live", "offline"]);
  });

  it("spreads its return over half of the delay", async () => {
    clock.nextRandom = 0;
    last().closed(1012);
    await clock.pass(199);
    expect(dialed).toHaveLength(1);
    await clock.pass(1);
    expect(dialed).toHaveLength(2);
  });

  it.each([
    [4401, "signed-out"],
    [4403, "rights-ended"],
  ] as const)("stops for good on close code %i", async (code, ending) => {
    last().opened();
    last().closed(code);
    socket.wake();
    await clock.pass(60_000);
    expect(endings).toEqual([ending]);
    expect(dialed).toHaveLength(1);
    expect(socket.state).toBe("ended");
  });

  it("connects after an end when it is opened again", () => {
    last().closed(4401);
    socket.open();
    last().opened();
    expect(socket.state).toBe("live");
  });

  it("dials at once when the network is back", async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      last().closed(1006);
      await clock.pass(10_000);
    }
    last().closed(1006);
    const before = dialed.length;
    socket.wake();
    expect(dialed).toHaveLength(before + 1);
  });

  it("gives up on a connection that never opens", async () => {
    await clock.pass(10_000);
    expect(dialed[0]?.hungUp).toBe(true);
    await clock.pass(400);
    expect(dialed).toHaveLength(2);
  });

  it("does not listen to a connection it left", () => {
    const first = last();
    socket.open();
    last().opened();
    first.received(HINT);
    first.closed(4403);
    expect(messages).toEqual([]);
    expect(socket.state).toBe("live");
  });
});

describe("parseMessage", () => {
  it.each([["not json"], ["[]"], ["null"], ['{"type":"x"}'], ['{"type":1,"version":1,"data":{}}'], [new ArrayBuffer(2)]])(
    "ignores %s",
    (data) => {
      expect(parseMessage(data)).toBeNull();
    },
  );

  it("lets kinds pass that this page does not know", () => {
    expect(parseMessage('{"type":"later.kind","version":2,"data":{}}')).toMatchObject({ type: "later.kind" });
  });
});
