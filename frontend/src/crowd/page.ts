/** The frame's own page: its look, what it tells of itself, and what a template asks for that is not there. */
import tokens from "../shared/tokens.css?inline";
import { t } from "../shared/i18n";
import type { FromFrame } from "../shared/frame-messages";

/** Without weight, so that whatever a template says of its page counts. */
const PAGE = `
:where(html) { background: var(--mw-surface); color: var(--mw-text); }
:where(body) { margin: 0; font: 400 15px/1.45 var(--mw-font); }
:where(crowd-form) { display: block; padding: 16px; }
:where(crowd-form:has(crowd-semantic-segmentation, crowd-instance-segmentation, crowd-classifier, crowd-image-classifier)) { padding: 0; }
:where(crowd-form) img { max-inline-size: 100%; }
:where(short-instructions, full-instructions, classification-target, worker-comment, short-summary, detailed-instructions, positive-example, negative-example) { display: block; }
:where(short-instructions, full-instructions, classification-target, worker-comment, detailed-instructions) > :first-child { margin-block-start: 0; }
:where(short-instructions, full-instructions, classification-target, worker-comment, detailed-instructions) > :last-child { margin-block-end: 0; }
`;

export function dressPage(): void {
  const style = document.createElement("style");
  style.textContent = tokens + PAGE;
  document.head.prepend(style);
}

/**
 * Whether the page may be dark: only without colours of the template's own, since those were made for a white page and
 * might be read no more.
 */
export function followsTheme(root: Document = document): boolean {
  const own = root.querySelector("body style, head style:not(:first-child), link[rel~=stylesheet], [style*=color], [style*=background], [bgcolor], font[color]");
  return own === null;
}

/** Sign of work is told this often at most. */
const ACTIVITY_EVERY = 5_000;

export function tellActivity(say: (message: FromFrame) => void): void {
  let last = -ACTIVITY_EVERY;
  const told = (): void => {
    const now = performance.now();
    if (now - last < ACTIVITY_EVERY) return;
    last = now;
    say({ type: "activity" });
  };
  for (const type of ["pointerdown", "pointermove", "keydown", "wheel"]) window.addEventListener(type, told, { capture: true, passive: true });
}

export function tellHeight(say: (message: FromFrame) => void): void {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const pixels = Math.ceil(document.documentElement.scrollHeight);
    if (pixels === last) return;
    last = pixels;
    say({ type: "height", pixels });
  });
  observer.observe(document.body);
}

/** Crowd elements that the template uses and we do not have. */
export function missingElements(root: ParentNode, registry: CustomElementRegistry = customElements): string[] {
  const names = [...root.querySelectorAll("*")].map(({ localName }) => localName).filter((name) => name.startsWith("crowd-") && registry.get(name) === undefined);
  // Ends of a slider are plain text: nothing is lost with them.
  return [...new Set(names)].filter((name) => name !== "crowd-slider-label").sort();
}

/** Says in the page what its author has to mend. */
export function tellProblems(form: Element | null): void {
  const problems: string[] = [];
  if (form === null) problems.push(t("This template has no <crowd-form>, so nothing can be submitted."));
  const missing = missingElements(document);
  if (missing.length > 0) problems.push(t("This template uses elements that are not available here: {names}", { names: missing.join(", ") }));
  for (const problem of problems) {
    const alert = document.createElement("crowd-alert");
    alert.setAttribute("type", "error");
    alert.style.margin = "16px";
    alert.textContent = problem;
    document.body.prepend(alert);
  }
}
