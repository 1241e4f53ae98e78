/**
 * One browser has one session: who switches to another organization, or signs in as somebody else, does so for every
 * open page. Each page says on opening to whom it belongs; one that hears of another belongs no longer, and says so
 * before anybody types into it. What it sends all the same the server refuses.
 */
import { csrfToken, openedUnder } from "./api";
import { t } from "./i18n";
import { person } from "./kept";

export interface Belonging {
  readonly organization: string;
  readonly name: string;
  readonly person: string;
}

/** As much of a BroadcastChannel as is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

export const NAME = "maskwright-organization";

/** `changed(null)`: the page belongs again. */
export function watchBelonging(mine: Belonging, channel: Channel, changed: (now: Belonging | null) => void): void {
  channel.onmessage = ({ data }) => {
    const now = data as Belonging;
    const same = now.organization === mine.organization && now.person === mine.person;
    changed(same ? null : now);
  };
  channel.postMessage(mine);
}

/** The page's own; null on pages that belong to no organization. */
export function ownBelonging(): Belonging | null {
  const organization = openedUnder();
  if (organization === "") return null;
  const name = document.querySelector<HTMLMetaElement>('meta[name="organization-name"]')?.content ?? "";
  return { organization, name, person: person() };
}

export function watchOrganization(): void {
  const mine = ownBelonging();
  if (mine === null || typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(NAME);
  let banner: HTMLElement | null = null;
  watchBelonging(mine, channel, (now) => {
    banner?.remove();
    banner = now === null ? null : tell(mine, now, channel);
  });
}

function tell(mine: Belonging, now: Belonging, channel: Channel): HTMLElement {
  const banner = document.createElement("div");
  banner.className = "mw-banner mw-banner--warning mw-elsewhere";
  banner.setAttribute("role", "alert");
  const words = document.createElement("p");
  const isOther = now.person !== mine.person;
  words.textContent = isOther
    ? t("Somebody else signed in in another tab. This page saves nothing any more.")
    : t("You switched to {now} in another tab. This page belongs to {mine} and saves nothing until you switch back.", {
        now: now.name,
        mine: mine.name,
      });
  const actions = document.createElement("div");
  actions.className = "mw-actions";
  const leave = document.createElement("a");
  leave.className = "mw-button";
  leave.href = "/";
  leave.textContent = isOther ? t("To the start page") : t("Go on in {now}", { now: now.name });
  actions.append(leave);
  if (!isOther) {
    const back = document.createElement("button");
    back.type = "button";
    back.className = "mw-button mw-button--primary";
    back.textContent = t("Switch back to {mine}", { mine: mine.name });
    back.addEventListener("click", () => void switchBack(mine, channel, banner, words));
    actions.append(back);
  }
  banner.append(words, actions);
  document.body.append(banner);
  return banner;
}

/** The page stays as it is, with what was typed or painted; other tabs hear of it. */
async function switchBack(mine: Belonging, channel: Channel, banner: HTMLElement, words: HTMLElement): Promise<void> {
  const body = new URLSearchParams({ organization: mine.organization });
  const headers = { "X-CSRFToken": csrfToken(document.cookie) };
  try {
    const answer = await fetch("/organizations/choose/", { method: "POST", body, headers, redirect: "manual" });
    // It redirects when it has switched, and answers a page where one is no member any more.
    if (answer.type !== "opaqueredirect") throw new Error(String(answer.status));
  } catch {
    words.textContent = t("Switching back did not work. Check your connection and try again.");
    return;
  }
  banner.remove();
  channel.postMessage(mine);
}
