import type { FramedAnswer } from "../shared/frame-messages";
import { readAnswer } from "../shared/frame-messages";
import { browserClock } from "../shared/clock";
import { randomUuid } from "../shared/uuid";
import { AssignmentSession } from "../editor/session/assignment-session";
import { newerDraft } from "../editor/session/drafts";
import type { LocalStore } from "../editor/session/local-store";
import { keptHere } from "../editor/session/open";
import { OpenWindows } from "../editor/session/windows";
import type { Assignment, Transport } from "../editor/transport/transport";

export interface OpenedForm {
  /** The draft to go on from. */
  readonly draft: FramedAnswer | null;
  readonly seq: number;
  readonly base: number;
  readonly onServer: boolean;
  readonly idempotencyKey: string;
}

function decode(bytes: Uint8Array): FramedAnswer | null {
  try {
    return readAnswer(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

export function encodeForm(answer: FramedAnswer): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(answer));
}

/** The newer of this device's and the server's draft, as for a mask. */
export async function openForm(assignment: Assignment, transport: Transport, store: LocalStore): Promise<OpenedForm> {
  const local = await keptHere(assignment, store);
  const idempotencyKey = local?.idempotencyKey ?? randomUuid();
  const base = assignment.draft?.seq ?? 0;
  const kept = local !== null && newerDraft(local, assignment.draft, assignment.image) === "local" ? decode(local.bytes) : null;
  if (local !== null && kept !== null) {
    return { draft: kept, seq: local.seq, base: local.base ?? base, onServer: false, idempotencyKey };
  }
  const stored = assignment.draft === null ? null : await transport.loadDraft(assignment);
  const seq = Math.max(local?.seq ?? 0, stored?.seq ?? base);
  return { draft: stored === null ? null : decode(stored.png), seq, base: stored?.seq ?? 0, onServer: true, idempotencyKey };
}

/** The form as it is said to be by its frame: what drafts and a late submit take. */
export class FormDocument {
  revision = 0;
  #answer: FramedAnswer;

  constructor(draft: FramedAnswer | null) {
    this.#answer = draft ?? {};
  }

  get answer(): FramedAnswer {
    return this.#answer;
  }

  /** Whether it differs from what was there. */
  set(answer: FramedAnswer): boolean {
    if (JSON.stringify(answer) === JSON.stringify(this.#answer)) return false;
    this.#answer = answer;
    this.revision += 1;
    return true;
  }
}

export interface FormPorts {
  readonly transport: Transport;
  readonly store: LocalStore;
  onSignedOut(): void;
}

export function startFormSession(assignment: Assignment, opened: OpenedForm, form: FormDocument, ports: FormPorts): AssignmentSession {
  return new AssignmentSession(
    assignment,
    {
      transport: ports.transport,
      store: ports.store,
      clock: browserClock,
      size: assignment.image,
      idempotencyKey: opened.idempotencyKey,
      revision: () => form.revision,
      raw: () => encodeForm(form.answer),
      encode: async () => Promise.resolve(encodeForm(form.answer)),
      onSignedOut: () => ports.onSignedOut(),
      openWindows: (task, events) => new OpenWindows(task, events),
    },
    opened,
  );
}
