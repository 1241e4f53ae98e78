import { browserClock, type Clock } from "../shared/clock";

/** Seconds between looks for a thumbnail that a worker is still making; afterwards the frame stays empty. */
const LOOKS = [1.5, 3, 6, 12];
const SELECTOR = ".manage-thumbnail img, .manage-photos img";

/**
 * Thumbnails that are not there yet are looked for again a few times, only on this page and only those that came
 * into view: the browser loads no other (`loading="lazy"`). Meanwhile their frame shows its placeholder.
 */
export function watchThumbnails(root: Document = document, clock: Clock = browserClock): void {
  const looks = new WeakMap<HTMLImageElement, number>();
  const again = (image: HTMLImageElement): void => {
    image.dataset["missing"] = "";
    const look = looks.get(image) ?? 0;
    const seconds = LOOKS[look];
    if (seconds === undefined) return;
    looks.set(image, look + 1);
    clock.after(seconds * 1000, () => {
      const address = new URL(image.src);
      address.searchParams.set("look", String(look + 1));
      image.src = address.href;
    });
  };
  // Neither event bubbles, so both are caught on their way down.
  root.addEventListener("error", (event) => of(event, again), true);
  root.addEventListener("load", (event) => of(event, (image) => delete image.dataset["missing"]), true);
  for (const image of root.querySelectorAll<HTMLImageElement>(SELECTOR))
    if (image.complete && image.naturalWidth === 0 && image.currentSrc) again(image);
}

function of(event: Event, then: (image: HTMLImageElement) => void): void {
  const { target } = event;
  if (target instanceof HTMLImageElement && target.matches(SELECTOR)) then(target);
}
