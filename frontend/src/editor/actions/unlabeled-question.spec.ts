import { beforeEach, describe, expect, it, vi } from "vitest";
import { asksAboutUnlabeled, isSilent, setSilent } from "./unlabeled-question";

const some = { job: "street", unlabeled: 40, whole: 100, mustCover: false };

describe("the question about unlabeled pixels", () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
  });

  it("is asked until the person says not to, for this job only, and again when wanted", () => {
    expect(asksAboutUnlabeled(some)).toBe(true);
    setSilent("street", true);
    expect(asksAboutUnlabeled(some)).toBe(false);
    expect(asksAboutUnlabeled({ ...some, job: "kitchen" })).toBe(true);
    setSilent("street", false);
    expect([asksAboutUnlabeled(some), isSilent("street")]).toEqual([true, false]);
  });

  it("is asked all the same about an empty mask and where every pixel needs a class", () => {
    setSilent("street", true);
    expect(asksAboutUnlabeled({ ...some, unlabeled: 100 })).toBe(true);
    expect(asksAboutUnlabeled({ ...some, mustCover: true })).toBe(true);
    expect(asksAboutUnlabeled({ ...some, mustCover: true, unlabeled: 0 })).toBe(false);
  });
});
