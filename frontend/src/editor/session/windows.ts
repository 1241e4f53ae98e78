import { person } from "../../shared/kept";
import { windowName } from "../../shared/window-name";

/** What the windows of one browser tell each other about an image they have open. */
type Said =
  | { readonly kind: "opened" | "here" | "closed" }
  /** `seq`: the number of the draft that the server has now. */
  | { readonly kind: "saved"; readonly seq: number };

type Message = Said & { readonly task: string; readonly person: string; readonly window: string };

export interface WindowEvents {
  /** Whether another window has the image open. */
  elsewhere(open: boolean): void;
  /** Another window has saved a draft of it. */
  saved(seq: number): void;
}

/** As much of a BroadcastChannel as is used. */
export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const NAME = "maskwright-drafts";

/** One window's part in the talk about one image; messages about others, or of other people, are passed over. */
export class OpenWindows {
  readonly #channel: Channel;
  readonly #others = new Set<string>();
  #closed = false;

  constructor(
    private readonly task: string,
    private readonly events: WindowEvents,
    channel: Channel = new BroadcastChannel(NAME),
    private readonly name = windowName(),
    private readonly who = person(),
  ) {
    this.#channel = channel;
    channel.onmessage = ({ data }) => this.#heard(data as Message);
    this.#say({ kind: "opened" });
  }

  saved(seq: number): void {
    this.#say({ kind: "saved", seq });
  }

  /** Calling it twice does no harm; what comes after it is not said. */
  close(): void {
    this.#say({ kind: "closed" });
    this.#closed = true;
    this.#channel.close();
  }

  #say(said: Said): void {
    if (this.#closed) return;
    this.#channel.postMessage({ ...said, task: this.task, person: this.who, window: this.name } satisfies Message);
  }

  #heard(message: Message): void {
    if (message.task !== this.task || message.person !== this.who || message.window === this.name) return;
    const before = this.#others.size > 0;
    if (message.kind === "closed") this.#others.delete(message.window);
    else this.#others.add(message.window);
    if (message.kind === "opened") this.#say({ kind: "here" });
    if (message.kind === "saved") this.events.saved(message.seq);
    const after = this.#others.size > 0;
    if (after !== before) this.events.elsewhere(after);
  }
}
