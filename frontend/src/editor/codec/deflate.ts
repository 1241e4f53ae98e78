/**
 * A compressor for masks (RFC 1950, 1951): runs of one byte and Huffman codes, nothing else. After PNG's filter
 * Up a mask is long runs of zeros between single edges, so looking for other repetitions, which is most of a
 * general compressor's time, finds little. Any reader of zlib streams reads the result.
 */
import { canonicalCodes, codeLengths } from "./huffman";

const END = 256;
/** Tokens of a block: it gets codes of its own. */
const BLOCK = 1 << 18;
const LONGEST = 258;
const SHORTEST = 3;
/** In this order the lengths of the code for code lengths are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbol, number of extra bits and their value for each match length. */
const LENGTHS = Array.from({ length: LONGEST + 1 }, (_, length): readonly [number, number, number] => {
  if (length < SHORTEST) return [0, 0, 0];
  if (length === LONGEST) return [285, 0, 0];
  if (length < 11) return [254 + length, 0, 0];
  const bits = Math.floor(Math.log2(length - 3)) - 2;
  const step = (length - 3) >> bits;
  return [257 + bits * 4 + step, bits, length - 3 - (step << bits)];
});

/** Takes runs of equal bytes and gives the zlib stream of them. */
export class RunDeflater {
  /** A byte, or 256 and the length of a repetition of the byte before. */
  readonly #tokens = new Uint16Array(BLOCK);
  #count = 0;
  #out = new Uint8Array(1 << 16);
  #at = 2;
  #bits = 0;
  #held = 0;
  #a = 1;
  #b = 0;

  constructor() {
    this.#out.set([0x78, 0x01]); // deflate with a window of 32 KB, the fastest level
  }

  /** `length` times the byte `value`. */
  run(value: number, length: number): void {
    if (length <= 0) return;
    this.#checksum(value, length);
    this.#token(value);
    let rest = length - 1;
    for (; rest >= SHORTEST; rest -= Math.min(rest, LONGEST)) this.#token(256 + Math.min(rest, LONGEST));
    for (; rest > 0; rest--) this.#token(value);
  }

  /** The whole stream; nothing can be added afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#block(true);
    this.#put(0, (8 - this.#bits) & 7); // to the byte's end
    this.#room(4);
    for (const part of [this.#b >>> 8, this.#b & 255, this.#a >>> 8, this.#a & 255]) this.#out[this.#at++] = part;
    return this.#out.slice(0, this.#at);
  }

  /** Adler-32 of a run in one step: b grows by n times a, and by the value once, twice ... n times. */
  #checksum(value: number, length: number): void {
    const whole = length * this.#a + (value * length * (length + 1)) / 2;
    this.#b = (this.#b + whole) % 65521;
    this.#a = (this.#a + value * length) % 65521;
  }

  #token(token: number): void {
    this.#tokens[this.#count++] = token;
    if (this.#count === BLOCK) this.#block(false);
  }

  #block(last: boolean): void {
    const tokens = this.#tokens.subarray(0, this.#count);
    this.#count = 0;
    const counts = new Uint32Array(286);
    counts[END] = 1;
    for (const token of tokens) counts[token < 256 ? token : LENGTHS[token - 256][0]]++;
    // A code of one symbol is not complete, which some readers refuse: a second one that is never used.
    if (tokens.length === 0) counts[0] = 1;
    const lengths = codeLengths(counts, 15);
    const codes = canonicalCodes(lengths);
    this.#put(last ? 1 : 0, 1);
    this.#put(2, 2); // codes of its own
    this.#header(lengths);
    for (const token of tokens) {
      if (token < 256) {
        this.#put(codes[token], lengths[token]);
        continue;
      }
      const [symbol, bits, extra] = LENGTHS[token - 256];
      this.#put(codes[symbol], lengths[symbol]);
      if (bits > 0) this.#put(extra, bits);
      this.#put(0, 1); // the only distance: one byte back
    }
    this.#put(codes[END], lengths[END]);
  }

  /** The lengths of the block's codes, zeros in runs, themselves Huffman coded. */
  #header(literals: Uint8Array): void {
    const all = [...literals, 1, 1]; // two distances of one bit, so that their code is complete
    const symbols: (readonly [number, number, number])[] = [];
    for (let at = 0; at < all.length; ) {
      let zeros = 0;
      while (at + zeros < all.length && all[at + zeros] === 0 && zeros < 138) zeros++;
      if (zeros >= 11) symbols.push([18, 7, zeros - 11]);
      else if (zeros >= 3) symbols.push([17, 3, zeros - 3]);
      else {
        symbols.push([all[at], 0, 0]);
        zeros = 1;
      }
      at += zeros;
    }
    const counts = new Uint32Array(19);
    for (const [symbol] of symbols) counts[symbol]++;
    const lengths = codeLengths(counts, 7);
    const codes = canonicalCodes(lengths);
    this.#put(literals.length - 257, 5);
    this.#put(1, 5); // two distance codes
    this.#put(ORDER.length - 4, 4);
    for (const symbol of ORDER) this.#put(lengths[symbol], 3);
    for (const [symbol, bits, extra] of symbols) {
      this.#put(codes[symbol], lengths[symbol]);
      if (bits > 0) this.#put(extra, bits);
    }
  }

  /** Up to 15 bits, the lowest first. */
  #put(value: number, bits: number): void {
    this.#held |= value << this.#bits;
    this.#bits += bits;
    while (this.#bits >= 8) {
      if (this.#at === this.#out.length) this.#room(1);
      this.#out[this.#at++] = this.#held & 255;
      this.#held >>>= 8;
      this.#bits -= 8;
    }
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = new Uint8Array(this.#out.length * 2);
    larger.set(this.#out);
    this.#out = larger;
  }
}

/**
 * A raster of one byte per pixel as PNG's image data: the rows with filter Up (the first without), compressed.
 */
export function deflateRows(data: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const out = new RunDeflater();
  // Rows that start at multiples of four bytes are compared four pixels at a time.
  const words = width % 4 === 0 && data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : null;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const above = y === 0 ? -1 : row - width;
    out.run(y === 0 ? 0 : 2, 1);
    for (let x = 0; x < width; ) {
      const start = x;
      const delta = above < 0 ? data[row + x] : (data[row + x] - data[above + x]) & 255;
      x++;
      for (;;) {
        if (delta === 0 && words !== null && above >= 0 && (x & 3) === 0) {
          while (x < width && words[(row + x) >> 2] === words[(above + x) >> 2]) x += 4;
        }
        if (x >= width || (above < 0 ? data[row + x] : (data[row + x] - data[above + x]) & 255) !== delta) break;
        x++;
      }
      out.run(delta, x - start);
    }
  }
  return out.finish();
}
