import { afterEach, describe, expect, it, vi } from "vitest";
import { addMessages, formatBytes, formatDuration, formatTime, t, tn } from "./i18n";

afterEach(() => {
  vi.unstubAllGlobals();
});

const speak = (lang: string): void => {
  vi.stubGlobal("document", { documentElement: { lang } });
};

describe("t", () => {
  it("fills its places and leaves unknown ones", () => {
    expect(t("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });

  it("takes the message that was added", () => {
    addMessages({ "spec.greeting": "Hello, {name}" });
    expect(t("spec.greeting", { name: "Ann" })).toBe("Hello, Ann");
  });
});

describe("tn", () => {
  it("chooses between English forms", () => {
    expect(tn(1, "One photo", "{count} photos")).toBe("One photo");
    expect(tn(1200, "One photo", "{count} photos")).toBe("1,200 photos");
  });

  it("takes the plural form of the language in use", () => {
    speak("pl");
    addMessages({ "{count} spec photos|few": "{count} zdjęcia", "{count} spec photos|many": "{count} zdjęć" });
    expect(tn(3, "One spec photo", "{count} spec photos")).toBe("3 zdjęcia");
    expect(tn(5, "One spec photo", "{count} spec photos")).toBe("5 zdjęć");
  });
});

describe("formats", () => {
  it.each([
    [0, "0 sec"],
    [59.9, "59 sec"],
    [60, "1 min"],
    [3600, "1 hr"],
    [5400, "1 hr 30 min"],
  ])("%d seconds as %j", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  it.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1500, "2 kB"],
    [4_230_000, "4.2 MB"],
  ])("%d bytes as %j", (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it("names the day of a time that is not today's", () => {
    const now = new Date(2026, 10, 24, 12, 0);
    expect(formatTime(new Date(2026, 10, 24, 14, 32), now)).toMatch(/^0?2:32\sPM$/);
    expect(formatTime(new Date(2026, 10, 26, 14, 32), now)).toMatch(/Nov 26/);
  });
});
