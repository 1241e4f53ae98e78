/**
 * A socket of hints: it says that something changed, the caller then asks by HTTP. It reconnects by
 * itself with growing, random delays, and stops for good when the server says why (4401, 4403).
 */
import { browserClock, type Clock } from "./clock";
import { listen, type Disposer } from "./dom";
import type { Message } from "./messages.generated";

export type Connection = "connecting" | "live" | "offline" | "ended";

/** Why the server closed for good. */
export type Ending = "signed-out" | "rights-ended";

const ENDINGS: Readonly<Record<number, Ending>> = { 4401: "signed-out", 4403: "rights-ended" };
const FIRST_DELAY = 400;
const LONGEST_DELAY = 10_000;
/** A proxy may accept the connection and never answer. */
const OPENING_LIMIT = 10_000;

export interface HintHandlers {
  message(message: Message): void;
  connection(state: Connection): void;
  ended(ending: Ending): void;
}

export interface ConnectionEvents {
  opened(): void;
  received(data: unknown): void;
  closed(code: number): void;
}

/** Opens one connection; the returned function closes it. */
export type Connect = (path: string, events: ConnectionEvents) => Disposer;

export class HintSocket {
  #hangUp: Disposer | null = null;
  #calls = 0;
  #attempt = 0;
  #cancelTimer: () => void = () => undefined;
  #state: Connection = "connecting";

  constructor(
    private readonly path: string,
    private readonly handlers: HintHandlers,
    private readonly clock: Clock = browserClock,
    private readonly connect: Connect = openWebSocket,
  ) {}

  get state(): Connection {
    return this.#state;
  }

  /** Connects, also after an end (signed in again). */
  open(): void {
    this.close();
    this.#attempt = 0;
    this.#enter("connecting");
    this.#dial();
  }

  /** Stops without a word to the handlers. */
  close(): void {
    this.#cancelTimer();
    this.#calls += 1;
    this.#hangUp?.();
    this.#hangUp = null;
  }

  /** The network is back, or the page is looked at again: do not wait for the delay to pass. */
  wake(): void {
    if (this.#state === "offline" && !this.#hangUp) {
      this.#attempt = 0;
      this.#cancelTimer();
      this.#dial();
    }
  }

  /** The browser says the network is gone; it would take minutes to notice on the connection itself. */
  lost(): void {
    if (this.#state === "ended") return;
    this.close();
    this.#retryLater();
  }

  #dial(): void {
    this.#calls += 1;
    const call = this.#calls;
    // What an abandoned connection still says is not listened to.
    const ifCurrent = (act: () => void): void => {
      if (call === this.#calls) act();
    };
    this.#cancelTimer = this.clock.after(OPENING_LIMIT, () => this.lost());
    this.#hangUp = this.connect(this.path, {
      opened: () => ifCurrent(() => this.#opened()),
      received: (data) => ifCurrent(() => this.#received(data)),
      closed: (code) => ifCurrent(() => this.#closed(code)),
    });
  }

  #opened(): void {
    this.#cancelTimer();
    this.#attempt = 0;
    this.#enter("live");
  }

  #received(data: unknown): void {
    const message = parseMessage(data);
    if (message) this.handlers.message(message);
  }

  #closed(code: number): void {
    this.#cancelTimer();
    this.#hangUp = null;
    const ending = ENDINGS[code];
    if (ending) {
      this.#enter("ended");
      this.handlers.ended(ending);
    } else {
      this.#retryLater();
    }
  }

  #retryLater(): void {
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempt);
    this.#attempt += 1;
    // Between half and the whole of it, so that a restarted server is not met by everybody at once.
    const delay = longest * (0.5 + this.clock.random() / 2);
    this.#cancelTimer = this.clock.after(delay, () => this.#dial());
    this.#enter("offline");
  }

  #enter(state: Connection): void {
    if (state === this.#state) return;
    this.#state = state;
    this.handlers.connection(state);
  }
}

/** A message of the one shape, or null; kinds this page does not know yet pass and are ignored by `switch`. */
export function parseMessage(data: unknown): Message | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    return isMessage(value) ? value : null;
  } catch {
    return null;
  }
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const { type, version, data } = value as Record<string, unknown>;
  return typeof type === "string" && typeof version === "number" && typeof data === "object" && data !== null;
}

function openWebSocket(path: string, events: ConnectionEvents): Disposer {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", (event) => events.received(event.data));
  socket.addEventListener("close", (event) => events.closed(event.code));
  return () => socket.close();
}

/** Lets the browser's own network and visibility events hurry the socket. */
export function followNetwork(socket: HintSocket): Disposer {
  const disposers = [
    listen(window, "online", () => socket.wake()),
    listen(window, "offline", () => socket.lost()),
    listen(document, "visibilitychange", () => {
      if (!document.hidden) socket.wake();
    }),
  ];
  return () => disposers.forEach((dispose) => dispose());
}
