/**
 * JSON as the attributes of worker task templates have it: single quotes, trailing commas, comments, names without
 * quotes, signs and hexadecimal numbers, as in JSON5. Ours, because a parser's size counts in each labeler's frame.
 */

/** The text is no JSON, not even a loose one; `at` is where reading ended. */
export class LooseJsonError extends Error {
  override readonly name = "LooseJsonError";

  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Deeper than any attribute, and far from the end of the stack. */
const DEEPEST = 64;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /[+-]?(?:Infinity|NaN|0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
/** An address without quotes: the documentation's own examples have one in `initial-value`. */
const ADDRESS = /https?:\/\/[^\s,}\]]+/y;
const SPACE = /(?:[\s\ufeff]|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "0": "\0" };
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  whole(): unknown {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) throw this.#error("something follows the value");
    return value;
  }

  #error(message: string): LooseJsonError {
    return new LooseJsonError(`${message} (at ${this.#at})`, this.#at);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[0];
  }

  #space(): void {
    this.#match(SPACE);
  }

  /** Takes the character if it is next. */
  #take(character: string): boolean {
    this.#space();
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #value(depth: number): unknown {
    if (depth > DEEPEST) throw this.#error("it is nested too deeply");
    this.#space();
    const next = this.text[this.#at];
    if (next === undefined) throw this.#error("a value is missing");
    if (this.#take("{")) return this.#object(depth);
    if (this.#take("[")) return this.#array(depth);
    if (next === '"' || next === "'") return this.#string();
    const number = this.#match(NUMBER);
    if (number !== null) return toNumber(number);
    const address = this.#match(ADDRESS);
    if (address !== null) return address;
    const word = this.#match(NAME);
    if (word === null || !Object.hasOwn(WORDS, word)) throw this.#error("this is no value");
    return WORDS[word];
  }

  #object(depth: number): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    while (!this.#take("}")) {
      this.#space();
      const next = this.text[this.#at];
      const key = next === '"' || next === "'" ? this.#string() : this.#match(NAME);
      if (key === null) throw this.#error("a name is missing");
      if (!this.#take(":")) throw this.#error("a colon is missing");
      // Never the prototype of the object, whatever the name is.
      Object.defineProperty(found, key, { value: this.#value(depth + 1), enumerable: true, configurable: true, writable: true });
      if (this.#take(",")) continue;
      if (!this.#take("}")) throw this.#error("a comma or } is missing");
      break;
    }
    return found;
  }

  #array(depth: number): unknown[] {
    const found: unknown[] = [];
    while (!this.#take("]")) {
      found.push(this.#value(depth + 1));
      if (this.#take(",")) continue;
      if (!this.#take("]")) throw this.#error("a comma or ] is missing");
      break;
    }
    return found;
  }

  #string(): string {
    const quote = this.text[this.#at];
    this.#at += 1;
    let out = "";
    for (;;) {
      const next = this.text[this.#at];
      if (next === undefined) throw this.#error("a quote is not closed");
      this.#at += 1;
      if (next === quote) return out;
      out += next === "\\" ? this.#escape() : next;
    }
  }

  #escape(): string {
    const next = this.text[this.#at] ?? "";
    this.#at += 1;
    const digits = { x: 2, u: 4 }[next];
    if (digits !== undefined) {
      const code = this.text.slice(this.#at, this.#at + digits);
      if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(code)) throw this.#error("an escape is not complete");
      this.#at += digits;
      return String.fromCharCode(parseInt(code, 16));
    }
    if (next === "\r" && this.text[this.#at] === "\n") this.#at += 1;
    return "\r\n\u2028\u2029".includes(next) ? "" : (ESCAPES[next] ?? next);
  }
}

function toNumber(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  return sign * Number(text.replace(/^[+-]/, ""));
}

/** Reads a loose JSON; throws LooseJsonError. */
export function parseLoose(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new Reader(text).whole();
  }
}

/** The strings of a list as in `labels` and `categories`; null where it is none. */
export function readStrings(text: string | null): string[] | null {
  if (text === null || text.trim() === "") return null;
  try {
    const found = parseLoose(text);
    return Array.isArray(found) ? unique(found) : null;
  } catch {
    return null;
  }
}

/** Names once each; numbers and booleans as text, anything else left out. */
export function unique(values: readonly unknown[]): string[] {
  const texts = values.filter((one) => ["string", "number", "boolean"].includes(typeof one)).map(String);
  return [...new Set(texts.filter((one) => one !== ""))];
}
