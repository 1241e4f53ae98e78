/**
 * Signing in again without losing the page: the sign-in form opens in a window of its own, and its last
 * step (`?signed-in` on the portal's own address) tells every open page and closes itself.
 */
import { listen, type Disposer } from "../shared/dom";

const CHANNEL = "maskwright-session";
const MARK = "signed-in";

/** True when this window was only there to sign in: it has told the others and is closing. */
export function finishSignInWindow(): boolean {
  if (!new URLSearchParams(location.search).has(MARK)) return false;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(MARK);
  channel.close();
  if (!window.opener) {
    history.replaceState(null, "", location.pathname);
    return false;
  }
  window.close();
  return true;
}

export function openSignIn(loginUrl: string): void {
  const url = new URL(loginUrl, location.href);
  url.searchParams.set("next", `${location.pathname}?${MARK}=1`);
  window.open(url, "maskwright-sign-in", "popup,width=520,height=720");
}

/** Calls back when another window signed in, and when this one is looked at again (it may have been). */
export function watchSignIn(maybeSignedIn: () => void): Disposer {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => maybeSignedIn();
  const stop = listen(window, "focus", maybeSignedIn);
  return () => {
    channel.close();
    stop();
  };
}
