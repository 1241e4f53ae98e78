/** Undoes a subscription; calling it twice does no harm. */
export type Disposer = () => void;

/** Collects disposers so that one call ends everything an owner listens to. */
export class Disposers {
  #all: Disposer[] = [];

  add(...disposers: Disposer[]): void {
    this.#all.push(...disposers);
  }

  listen<T extends EventTarget>(
    target: T,
    type: string,
    listener: (event: never) => void,
    options?: AddEventListenerOptions,
  ): void {
    const handler = listener as EventListener;
    target.addEventListener(type, handler, options);
    this.#all.push(() => target.removeEventListener(type, handler, options));
  }

  dispose(): void {
    const all = this.#all;
    this.#all = [];
    for (const dispose of all) dispose();
  }
}
