import { isBegin, readToFrame, type FromFrame, type ToFrame } from "../shared/frame-messages";

/** The frame's end of the talk with the page around it; without such a page everything said is dropped. */
export class FrameLink {
  #port: MessagePort | null = null;
  #heard: (message: ToFrame) => void = () => undefined;
  #waiting: FromFrame[] = [];

  constructor(target: Window = window) {
    target.addEventListener("message", (event: MessageEvent) => {
      // The first page that begins has the frame; what a template's own script may post comes from this window.
      if (this.#port !== null || event.source !== target.parent || target.parent === target || !isBegin(event.data)) return;
      const port = event.ports[0];
      if (port === undefined) return;
      this.#port = port;
      port.onmessage = ({ data }) => {
        const message = readToFrame(data);
        if (message !== null) this.#heard(message);
      };
      for (const message of this.#waiting.splice(0)) this.say(message);
    });
  }

  get connected(): boolean {
    return this.#port !== null;
  }

  listen(heard: (message: ToFrame) => void): void {
    this.#heard = heard;
  }

  say(message: FromFrame): void {
    if (this.#port !== null) this.#port.postMessage(message);
    // Before the first word only that the form is there matters.
    else if (message.type === "ready" || message.type === "height") this.#waiting.push(message);
  }
}
