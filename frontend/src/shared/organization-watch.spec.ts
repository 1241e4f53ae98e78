import { describe, expect, it } from "vitest";
import { watchBelonging, type Belonging, type Channel } from "./organization-watch";

const ACME: Belonging = { organization: "a", name: "Acme", person: "p" };
const GLOBEX: Belonging = { organization: "g", name: "Globex", person: "p" };

function open(mine: Belonging): { said: unknown[]; heard: (Belonging | null)[]; hear: (one: Belonging) => void } {
  const said: unknown[] = [];
  const heard: (Belonging | null)[] = [];
  const channel: Channel = { postMessage: (message) => said.push(message), onmessage: null };
  watchBelonging(mine, channel, (now) => heard.push(now));
  return { said, heard, hear: (data) => channel.onmessage?.({ data } as MessageEvent) };
}

describe("a page", () => {
  it("says to whom it belongs", () => {
    expect(open(ACME).said).toEqual([ACME]);
  });

  it("hears of another organization, and that it is back", () => {
    const page = open(ACME);
    page.hear(GLOBEX);
    page.hear(ACME);
    expect(page.heard).toEqual([GLOBEX, null]);
  });

  it("hears of another person of its own organization", () => {
    const page = open(ACME);
    const other = { ...ACME, person: "q" };
    page.hear(other);
    expect(page.heard).toEqual([other]);
  });
});
