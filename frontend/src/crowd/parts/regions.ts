import type { ReactiveController, ReactiveControllerHost } from "lit";

/**
 * Gives an element's children named like regions (`<short-instructions>`) to the slots of these names; those that come
 * later, too, since the browser may define the element before its children are read.
 */
export class Regions implements ReactiveController {
  readonly #observer = new MutationObserver(() => this.#assign());

  constructor(
    readonly host: HTMLElement & ReactiveControllerHost,
    readonly names: readonly string[],
  ) {
    host.addController(this);
  }

  /** The first child that is this region. */
  get(name: string): Element | null {
    return [...this.host.children].find((child) => child.localName === name) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  hostConnected(): void {
    this.#assign();
    this.#observer.observe(this.host, { childList: true });
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  #assign(): void {
    for (const child of this.host.children) {
      if (this.names.includes(child.localName) && child.slot !== child.localName) child.slot = child.localName;
    }
    this.host.requestUpdate();
  }
}
