import { browserClock } from "../../shared/clock";
import type { Assignment, Transport } from "../transport/transport";
import type { PixelWork } from "../worker/pixel-work";
import { AssignmentSession } from "./assignment-session";
import type { LocalStore } from "./local-store";
import type { OpenedDocument } from "./open";
import { OpenWindows } from "./windows";

export interface StartPorts {
  readonly transport: Transport;
  readonly store: LocalStore;
  readonly pixels: PixelWork;
  readonly palette: Uint8Array<ArrayBuffer>;
  onSignedOut(): void;
}

/** The session of an opened document: drafts and answers are encoded off the main thread. */
export function startSession(assignment: Assignment, document: OpenedDocument, ports: StartPorts): AssignmentSession {
  const { map, idempotencyKey } = document;
  const { transport, store, pixels, palette } = ports;
  return new AssignmentSession(
    assignment,
    {
      transport,
      store,
      clock: browserClock,
      size: map,
      idempotencyKey,
      revision: () => map.revision,
      raw: () => map.snapshot(),
      encode: () => pixels.encode(map, palette.slice()),
      onSignedOut: () => ports.onSignedOut(),
      openWindows: (task, events) => new OpenWindows(task, events),
    },
    document,
  );
}
