import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeClock, settle } from "../../shared/clock.fake";
import { TransportError, type Failure } from "../transport/errors";
import { FixtureTransport } from "../transport/fixture";
import type { Answer, Assignment, Heartbeat, Receipt, DraftToSave } from "../transport/transport";
import { AssignmentSession } from "./assignment-session";
import { MemoryStore } from "./local-store";
import type { WindowEvents } from "./windows";

const assignment: Assignment = {
  id: "c1", token: 7, expires_at: "", seconds_left: 600,
  task: { id: "t", job: { id: "j", name: "street-1" }, data_object: { id: "d", code: "3e4f5b" } },
  image: { url: "", width: 2, height: 1 }, categories: [], revision: 3, paused: false, draft: null,
  template: { title: "", instructions_html: "", tools: [], allow_empty: true, allow_impossible: true, require_full_coverage: false },
};

/** A server whose next answers can be failures. */
class Server extends FixtureTransport {
  failures: { heartbeat?: Failure[]; submit?: Failure[]; release?: Failure[]; draft?: Failure[] } = {};
  annotation: string | null = null;
  readonly active: number[] = [];
  paused = false;
  stopping = false;

  #fail(call: "heartbeat" | "submit" | "release" | "draft"): void {
    const failure = this.failures[call]?.shift();
    if (failure !== undefined) throw new TransportError(failure, `refused: ${failure}`, 0, [], this.annotation);
  }

  override async heartbeat(of: Assignment, seconds = 0): Promise<Heartbeat> {
    this.#fail("heartbeat");
    this.active.push(seconds);
    return { ...(await super.heartbeat(of)), seconds_left: this.stopping ? 300 : 900, paused: this.paused, stopping: this.stopping };
  }

  override async submit(of: Assignment, answer: Answer, key: string): Promise<Receipt> {
    this.#fail("submit");
    return super.submit(of, answer, key);
  }

  saved = 0;

  override async saveDraft(of: Assignment, draft: DraftToSave): Promise<void> {
    this.#fail("draft");
    this.saved++;
    return super.saveDraft(of, draft);
  }

  readonly held: boolean[] = [];

  override async release(_of?: Assignment, hold = false): Promise<void> {
    this.#fail("release");
    this.held.push(hold);
    return super.release();
  }
}

describe("AssignmentSession", () => {
  let server: Server;
  let clock: FakeClock;
  let store: MemoryStore;
  let session: AssignmentSession;
  let revision: number;
  let signedOut: number;
  let windows: WindowEvents;
  const told: (number | "closed")[] = [];
  const waits: number[] = [];

  beforeEach(() => {
    server = new Server();
    clock = new FakeClock();
    store = new MemoryStore();
    revision = 0;
    signedOut = 0;
    waits.length = told.length = 0;
    session = new AssignmentSession(
      assignment,
      {
        transport: server, store, clock, size: { width: 2, height: 1 }, idempotencyKey: "key",
        revision: () => revision,
        raw: () => new Uint8Array(2),
        encode: async () => Uint8Array.from([revision]),
        onSignedOut: () => signedOut++,
        sleep: async (seconds) => void waits.push(Math.round(seconds)),
        openWindows: (_task, events) => {
          windows = events;
          return { saved: (seq) => told.push(seq), close: () => told.push("closed") };
        },
      },
      { seq: 0, onServer: true },
    );
  });

  const paint = (): void => {
    revision++;
    session.drafts.changed();
  };

  it("tells the server every 20 s how long the person worked, and takes the time left from it", async () => {
    expect(session.deadline.value).toBe(600_000);
    session.input();
    await clock.pass(20_000);
    await clock.pass(20_000);
    await clock.pass(20_000);
    expect(server.active).toEqual([20, 10, 0]);
    expect(session.deadline.value).toBe(60_000 + 900_000);
  });

  it("sends what is painted as the answer, without a draft of it before", async () => {
    paint();
    await session.send("mask");
    expect([server.saved, server.submitted.length]).toEqual([0, 1]);
  });

  it("keeps what is painted as a draft on the server when the answer was refused", async () => {
    paint();
    server.failures.submit = ["invalid"];
    await session.send("mask");
    await clock.pass(20_000);
    expect([server.saved, server.submitted.length]).toEqual([1, 0]);
  });

  it("reports the seconds of a lost heartbeat with the next one", async () => {
    server.failures.heartbeat = ["network"];
    session.input();
    await clock.pass(40_000);
    // The empty one asked in between whether the server is back.
    expect(server.active).toEqual([0, 30]);
  });

  it("says offline at once, keeps what is painted here, and sends it by itself when the server is back", async () => {
    server.failures = { heartbeat: ["network", "network"], draft: ["network"] };
    session.offline();
    expect(session.saving.value).toBe("local");
    paint();
    expect(session.saving.value).toBe("local");
    await clock.pass(11_000);
    expect([server.draft, store.drafts.size, session.reachable.value]).toEqual([null, 1, false]);
    // Long before the next save is due: the server answered a probe.
    await clock.pass(6_000);
    expect([server.draft?.seq !== undefined, session.saving.value, session.reachable.value]).toEqual([true, "saved", true]);
  });

  it("knows at once what another window of this browser saved, and sends nothing until one of the two is chosen", async () => {
    paint();
    await session.drafts.flush();
    expect(told).toEqual([2]);
    server.draft = { seq: 5, png: Uint8Array.from([77]) };
    windows.saved(5);
    expect(session.conflict.value?.seq).toBe(5);
    paint();
    await clock.pass(60_000);
    expect(server.draft.png).toEqual(Uint8Array.from([77]));
    await session.keepMine();
    expect([session.conflict.value, server.draft.png, session.saving.value]).toEqual([null, Uint8Array.from([2]), "saved"]);
    // What this window saves is no news to itself.
    windows.saved(6);
    expect(session.conflict.value).toBeNull();
  });

  it("keeps what is here as a version before the other window's draft takes its place", async () => {
    paint();
    windows.saved(5);
    vi.stubGlobal("URL", { createObjectURL: () => "blob:kept" });
    expect(await session.takeTheirs()).toBe(true);
    vi.unstubAllGlobals();
    expect([server.versions.map(({ url }) => url), store.drafts.size]).toEqual([["blob:kept"], 0]);
  });

  it("lets nothing go that could not be kept", async () => {
    paint();
    windows.saved(5);
    server.keepVersion = () => Promise.reject(new TransportError("server", "later"));
    expect(await session.takeTheirs()).toBe(false);
    expect([store.drafts.size, session.problem.value?.message]).toEqual([1, "later"]);
  });

  it("learns of a lost network from the page's socket, without a save under way", async () => {
    server.failures.heartbeat = ["network"];
    session.suspect();
    await settle();
    expect(session.saving.value).toBe("local");
    await clock.pass(4_000);
    expect(session.saving.value).toBe("saved");
  });

  it("submits with its key until acknowledged and forgets this device's draft only then", async () => {
    server.failures.submit = ["network", "server"];
    paint();
    const sending = session.send("mask");
    await settle();
    expect((await sending)?.annotation).toBe("t");
    expect(server.submitted).toEqual([{ answer: { kind: "mask", png: Uint8Array.from([1]) }, idempotencyKey: "key" }]);
    expect(waits).toHaveLength(2);
    expect([session.phase.value.kind, store.drafts.size]).toEqual(["sent", 0]);
  });

  it.each(["heartbeat", "draft", "submit"] as const)(
    "tells that the work was taken away when the server knows of no such claim (%s)",
    async (call) => {
      server.failures[call] = ["gone"];
      paint();
      if (call === "heartbeat") await session.refresh();
      else if (call === "draft") await session.drafts.flush();
      else expect(await session.send("mask")).toBeNull();
      expect(session.phase.value).toEqual({ kind: "lost", annotation: null, earlier: false, gone: true });
      const beats = server.active.length;
      await clock.pass(60_000);
      expect([server.active.length, store.drafts.size]).toEqual([beats, 1]);
    },
  );

  it("keeps everything when the server refuses the answer", async () => {
    server.failures.submit = ["invalid"];
    paint();
    expect(await session.send("mask")).toBeNull();
    expect(session.problem.value?.message).toBe("refused: invalid");
    expect([session.phase.value.kind, store.drafts.size]).toEqual(["working", 1]);
    expect(await session.send("mask")).not.toBeNull();
  });

  it("asks to sign in again, keeps the draft, and goes on afterwards", async () => {
    server.failures = { heartbeat: ["signed_out"], draft: ["signed_out"] };
    paint();
    await clock.pass(60_000);
    expect([signedOut, session.signedOut.value, server.draft, store.drafts.size]).toEqual([1, true, null, 1]);
    server.failures = {};
    await session.refresh();
    expect([session.signedOut.value, server.draft?.png, session.saving.value]).toEqual([false, Uint8Array.from([1]), "saved"]);
    await clock.pass(20_000);
    expect(server.active.length).toBeGreaterThan(1);
  });

  it("says that the claim is lost, and a submit may still try", async () => {
    server.failures.heartbeat = ["lease_lost"];
    paint();
    await clock.pass(20_000);
    expect(session.phase.value).toEqual({ kind: "lost", annotation: null, earlier: false });
    server.annotation = "late-1";
    server.failures.submit = ["lease_lost"];
    expect(await session.send("mask")).toBeNull();
    expect(session.phase.value).toEqual({ kind: "lost", annotation: "late-1", earlier: false });
    expect(store.drafts.size).toBe(1);
    expect(await session.send("mask")).not.toBeNull();
  });

  it("stops sending when the person gives up, and stays at work", async () => {
    server.failures.submit = Array.from({ length: 50 }, () => "network" as const);
    paint();
    const stuck = session.send("mask");
    session.cancelSending();
    expect(await stuck).toBeNull();
    expect([session.phase.value.kind, session.problem.value]).toEqual(["working", null]);
  });

  it("learns that another version of the answer, given up meanwhile, has arrived", async () => {
    server.submit = () =>
      Promise.reject(new TransportError("invalid", "used", 422, [], null, null, "idempotency_key_reused"));
    expect(await session.send("mask")).toBeNull();
    expect(session.phase.value).toEqual({ kind: "lost", annotation: null, earlier: true });
  });

  it("releases with the draft on the server, and stays when that fails", async () => {
    server.failures.release = ["network"];
    paint();
    expect(await session.release()).toBe(false);
    expect(session.phase.value.kind).toBe("working");
    expect(await session.release()).toBe(true);
    expect([server.draft?.png, session.phase.value.kind, store.drafts.size]).toEqual([Uint8Array.from([1]), "sent", 0]);
  });

  it("has the place kept when it stops, with the draft on the server", async () => {
    paint();
    await session.stop();
    expect([server.held, server.draft?.png, store.drafts.size]).toEqual([[true], Uint8Array.from([1]), 0]);
  });

  it("does not give the claim away while what was painted is here only", async () => {
    server.failures.draft = ["network", "network", "network", "network"];
    paint();
    await session.stop();
    expect([server.held, session.phase.value.kind]).toEqual([[], "stopped"]);
  });

  it("stops with everything saved, and goes on with the same claim when the place could not be kept", async () => {
    server.failures.release = ["network"];
    paint();
    await session.stop();
    expect([session.phase.value.kind, server.draft?.png]).toEqual(["stopped", Uint8Array.from([1])]);
    const beats = server.active.length;
    await clock.pass(100_000);
    expect(server.active).toHaveLength(beats);
    session.update({ ...assignment, seconds_left: 60, paused: true });
    expect([session.phase.value.kind, session.paused.value, session.deadline.value]).toEqual(["working", true, 160_000]);
    await clock.pass(20_000);
    expect(server.active).toHaveLength(beats + 1);
  });

  it("learns from the heartbeat that the job was stopped, and how long it may still submit", async () => {
    server.stopping = true;
    await session.refresh();
    expect([session.stopping.value, session.deadline.value]).toEqual([true, clock.now() + 300_000]);
  });

  it("learns from the heartbeat that the job was paused, and saves all the same", async () => {
    server.paused = true;
    paint();
    await clock.pass(20_000);
    expect([session.paused.value, server.draft?.png]).toEqual([true, Uint8Array.from([1])]);
  });
});
