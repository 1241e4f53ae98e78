/** Undoes a subscription; calling it twice does no harm. */
export type Disposer = () => void;

/** Listens until the returned disposer is called. */
export function listen<K extends keyof WindowEventMap>(
  target: Window,
  type: K,
  handler: (event: WindowEventMap[K]) => void,
): Disposer;
export function listen<K extends keyof DocumentEventMap>(
  target: Document,
  type: K,
  handler: (event: DocumentEventMap[K]) => void,
): Disposer;
export function listen<K extends keyof HTMLElementEventMap>(
  target: HTMLElement,
  type: K,
  handler: (event: HTMLElementEventMap[K]) => void,
): Disposer;
export function listen(target: EventTarget, type: string, handler: (event: Event) => void): Disposer;
export function listen(target: EventTarget, type: string, handler: (event: never) => void): Disposer {
  const listener = handler as EventListener;
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}

/** The JSON of a `{{ value|json_script:id }}` tag, or null when the page has none. */
export function readJsonScript(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}
