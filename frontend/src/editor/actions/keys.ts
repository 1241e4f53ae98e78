/**
 * Shortcuts as text: `mod+shift+z`, `[`, `?`, `enter`. `mod` is Ctrl or Cmd. Shift counts only with letters,
 * digits and named keys: which key makes a `?` depends on the keyboard.
 */
export interface KeyLike {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function keyOf(event: KeyLike): string {
  let key = event.key.toLowerCase();
  if (key === " ") key = "space";
  // Shift and a digit makes a sign; the shortcut means the digit.
  const digit = /^Digit(\d)$/.exec(event.code ?? "");
  if (event.shiftKey && digit !== null && event.altKey) key = digit[1];
  const shift = event.shiftKey && (key.length > 1 || /[\p{L}\d]/u.test(key));
  return [event.ctrlKey || event.metaKey ? "mod" : "", event.altKey ? "alt" : "", shift ? "shift" : "", key]
    .filter((part) => part !== "")
    .join("+");
}

const NAMES: Readonly<Record<string, string>> = {
  enter: "Enter", escape: "Esc", space: "Space", backspace: "Backspace", arrowup: "↑", arrowdown: "↓",
};

/** A shortcut as people read it: `Ctrl+Shift+Z`, on a Mac `⌘⇧Z`. */
export function showKey(shortcut: string, mac: boolean): string {
  const parts = shortcut.split(/\+(?=.)/).map((part) => {
    if (part === "mod") return mac ? "⌘" : "Ctrl";
    if (part === "shift") return mac ? "⇧" : "Shift";
    if (part === "alt") return mac ? "⌥" : "Alt";
    return NAMES[part] ?? part.toUpperCase();
  });
  return parts.join(mac ? "" : "+");
}

export function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}
