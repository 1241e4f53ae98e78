import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../../shared/clock.fake";
import { TransportError, type Failure } from "../transport/errors";
import { FixtureTransport } from "../transport/fixture";
import type { Answer, Assignment, Heartbeat, Receipt, DraftToSave } from "../transport/transport";
import { AssignmentSession } from "./assignment-session";
import { MemoryStore } from "./local-store";

const assignment: Assignment = {
  id: "c1", token: 7, expires_at: "", seconds_left: 600,
  task: { id: "t", job: { id: "j", name: "street-1" }, data_object: { id: "d", index: 12 } },
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

  override async saveDraft(of: Assignment, draft: DraftToSave): Promise<void> {
    this.#fail("draft");
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
  const waits: number[] = [];

  beforeEach(() => {
    server = new Server();
    clock = new FakeClock();
    store = new MemoryStore();
    revision = 0;
    signedOut = 0;
    waits.length = 0;
    session = new AssignmentSession(
      assignment,
      {
        transport: server, store, clock, size: { width: 2, height: 1 }, idempotencyKey: "key",
        revision: () => revision,
        raw: () => new Uint8Array(2),
        encode: async () => Uint8Array.from([revision]),
        onSignedOut: () => signedOut++,
        sleep: async (seconds) => void waits.push(Math.round(seconds)),
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

  it("reports the seconds of a lost heartbeat with the next one", async () => {
    server.failures.heartbeat = ["network"];
    session.input();
    await clock.pass(40_000);
    expect(server.active).toEqual([30]);
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
