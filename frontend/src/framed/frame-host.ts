import { BEGIN, readFromFrame, VERSION, type FromFrame, type ToFrame } from "../shared/frame-messages";

/** What a template may do in its frame: run scripts, use forms, and ask by `alert`. Never: be of our origin, or leave. */
export const SANDBOX = "allow-scripts allow-forms allow-modals";

/** A frame that says nothing for this long after it was loaded is none of ours. */
const SILENCE = 20_000;

export interface FrameEvents {
  heard(message: FromFrame): void;
  /** Something was loaded, but it does not speak to us: an error's page, or a template that broke its script. */
  silent(): void;
}

/** The page's end of the talk with a template's frame. Each document that the frame loads gets a port of its own. */
export class FrameHost {
  #port: MessagePort | null = null;
  #timer = 0;
  #flushed: (() => void) | null = null;

  constructor(readonly events: FrameEvents) {}

  /** The frame has loaded a document. */
  begin(target: Window | null): void {
    this.end();
    if (target === null) return;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => {
      const message = readFromFrame(data);
      if (message === null) return;
      clearTimeout(this.#timer);
      if (message.type === "flushed") this.#flushed?.();
      else this.events.heard(message);
    };
    // An opaque origin has no name: the port goes to whatever is in the frame, which may be anything, and holds no secret.
    target.postMessage({ type: BEGIN, version: VERSION }, "*", [port2]);
    this.#timer = window.setTimeout(() => this.events.silent(), SILENCE);
  }

  say(message: ToFrame): void {
    this.#port?.postMessage(message);
  }

  /** Everything up to now is told, or the time is up: a template may not hold anybody. */
  async flush(limit = 1_500): Promise<void> {
    if (this.#port === null) return;
    await new Promise<void>((resolve) => {
      this.#flushed = resolve;
      setTimeout(resolve, limit);
      this.say({ type: "flush" });
    });
    this.#flushed = null;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#port?.close();
    this.#port = null;
  }
}
