import { beforeEach, describe, expect, it } from "vitest";
import { UploadMemory } from "./upload-memory";
import type { LocalFile } from "./upload-queue";

const file = (name: string, size = 10): LocalFile => ({ name, size, bytes: () => Promise.reject(new Error("unused")) });

class Fake implements Storage {
  readonly kept = new Map<string, string>();
  full = false;
  [name: string]: unknown;
  get length(): number {
    return this.kept.size;
  }
  clear(): void {
    this.kept.clear();
  }
  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null;
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

describe("UploadMemory", () => {
  let storage: Fake;

  beforeEach(() => {
    storage = new Fake();
  });

  it("names after a reload what has not arrived, and what arrived with another size", () => {
    new UploadMemory("u", storage).add([file("a.png"), file("b.png"), file("c.png", 7)]);
    const later = new UploadMemory("u", storage);
    expect(later.any).toBe(true);
    expect(later.missing(new Map([["a.png", 10], ["c.png", 3]]))).toEqual(["b.png", "c.png"]);
    later.forget();
    expect(new UploadMemory("u", storage).any).toBe(false);
  });

  it("keeps uploads apart", () => {
    new UploadMemory("u", storage).add([file("a.png")]);
    expect(new UploadMemory("v", storage).any).toBe(false);
  });

  it("names nothing rather than too little when the storage is full or spoilt", () => {
    new UploadMemory("u", storage).add([file("a.png")]);
    storage.full = true;
    new UploadMemory("u", storage).add([file("b.png")]);
    expect(new UploadMemory("u", storage).any).toBe(false);
    storage.kept.set("mw-upload:u", "{no json");
    expect(new UploadMemory("u", storage).any).toBe(false);
  });
});
