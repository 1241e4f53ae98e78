import { describe, expect, it } from "vitest";
import { OpenWindows, type Channel } from "./windows";

/** All windows of one browser. */
class Bus {
  readonly #channels = new Set<Channel>();

  channel(): Channel {
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        if (!this.#channels.has(channel)) throw new Error("the channel is closed");
        for (const other of this.#channels) if (other !== channel) other.onmessage?.({ data: structuredClone(data) } as MessageEvent);
      },
      close: () => void this.#channels.delete(channel),
    };
    this.#channels.add(channel);
    return channel;
  }
}

function open(bus: Bus, task: string, name: string, who = "ada") {
  const heard: unknown[] = [];
  const events = { elsewhere: (at: boolean) => heard.push(at), saved: (seq: number) => heard.push(seq) };
  return { heard, windows: new OpenWindows(task, events, bus.channel(), name, who) };
}

describe("OpenWindows", () => {
  it("tells both windows of an image of each other at once, and when one is gone", () => {
    const bus = new Bus();
    const first = open(bus, "t", "1");
    const second = open(bus, "t", "2");
    expect([first.heard, second.heard]).toEqual([[true], [true]]);
    second.windows.saved(4);
    second.windows.close();
    expect(first.heard).toEqual([true, 4, false]);
    second.windows.close(); // as the element does that leaves the page
    second.windows.saved(5); // an acknowledgement that came late
    expect(first.heard).toEqual([true, 4, false]);
  });

  it("passes over other images and other people", () => {
    const bus = new Bus();
    const first = open(bus, "t", "1");
    open(bus, "other", "2").windows.saved(9);
    open(bus, "t", "3", "ben").windows.saved(9);
    expect(first.heard).toEqual([]);
  });

  it("goes on saying so while a third window is still there", () => {
    const bus = new Bus();
    const [first, second] = [open(bus, "t", "1"), open(bus, "t", "2")];
    open(bus, "t", "3");
    second.windows.close();
    expect(first.heard).toEqual([true]);
  });
});
