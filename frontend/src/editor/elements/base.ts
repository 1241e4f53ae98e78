import { effect } from "@preact/signals-core";
import { css, LitElement, svg, html, type TemplateResult } from "lit";
import type { Disposer } from "../disposer";

/** Renders again when a signal read while rendering changes. */
export abstract class SignalElement extends LitElement {
  #dispose: Disposer | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dispose?.();
    this.#dispose = null;
  }

  protected override performUpdate(): void {
    if (!this.isUpdatePending) return;
    this.#dispose?.();
    let rendering = true;
    this.#dispose = effect(() => {
      if (rendering) {
        rendering = false;
        super.performUpdate();
      } else this.requestUpdate();
    });
  }
}

/** An icon drawn as lines on a 24 x 24 grid. */
export function icon(path: string, size = 20): TemplateResult {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}

/** Buttons, icons, keys and tooltips of every part of the editor. */
export const baseStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  .icon {
    display: block;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  button {
    font: inherit;
    color: inherit;
  }
  .tool {
    position: relative;
    display: inline-grid;
    place-items: center;
    inline-size: 36px;
    block-size: 36px;
    padding: 0;
    border: 0;
    border-radius: 7px;
    background: none;
    color: var(--mw-muted, #56636c);
    cursor: pointer;
  }
  @media (pointer: coarse) {
    .tool {
      inline-size: 42px;
      block-size: 42px;
    }
  }
  .tool:hover:not(:disabled) {
    background: var(--mw-surface-2, #eceff1);
    color: var(--mw-text, #1a2227);
  }
  .tool[aria-pressed="true"],
  .tool[aria-checked="true"] {
    background: var(--mw-accent-soft, #e0eff4);
    color: var(--mw-accent, #0a6380);
  }
  .tool:disabled {
    opacity: 0.38;
    cursor: default;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: 34px;
    padding: 0 14px;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: 7px;
    background: var(--mw-surface, #fff);
    color: var(--mw-text, #1a2227);
    font-weight: 500;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
  }
  .button:hover:not(:disabled) {
    background: var(--mw-surface-2, #eceff1);
  }
  .button.primary {
    border-color: transparent;
    background: var(--mw-accent, #0a6380);
    color: var(--mw-accent-text, #fff);
  }
  .button.primary:hover:not(:disabled) {
    background: var(--mw-accent-hover, #084f66);
  }
  .button.danger {
    border-color: transparent;
    background: var(--mw-danger, #b42318);
    color: var(--mw-danger-text, #fff);
  }
  .button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--mw-focus, #0a84b0);
    outline-offset: 1px;
  }
  kbd {
    display: inline-block;
    min-inline-size: 20px;
    padding: 1px 5px;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: 5px;
    background: var(--mw-surface-2, #eceff1);
    color: var(--mw-muted, #56636c);
    font: 500 11px/1.4 var(--mw-font, system-ui, sans-serif);
    text-align: center;
    white-space: nowrap;
  }
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  input[type="range"] {
    accent-color: var(--mw-accent, #0a6380);
    block-size: 18px;
    margin: 0;
  }
  [data-tip]::after {
    content: attr(data-tip);
    position: absolute;
    z-index: 30;
    inset-block-start: calc(100% + 6px);
    inset-inline-start: 50%;
    translate: -50% 0;
    padding: 4px 8px;
    border-radius: 6px;
    background: #11181c;
    color: #f2f5f6;
    font: 500 12px/1.45 var(--mw-font, system-ui, sans-serif);
    white-space: pre;
    pointer-events: none;
    opacity: 0;
    visibility: hidden;
    box-shadow: 0 2px 8px rgb(0 0 0 / 30%);
  }
  [data-tip]:hover::after,
  [data-tip]:focus-visible::after {
    opacity: 1;
    visibility: visible;
    transition: opacity 120ms 350ms;
  }
  [data-tip][data-side="right"]::after {
    inset-block-start: 50%;
    inset-inline-start: calc(100% + 8px);
    translate: 0 -50%;
  }
  [data-tip][data-side="start"]::after {
    inset-inline-start: 0;
    translate: 0 0;
  }
  [data-tip][data-side="end"]::after {
    inset-inline: auto 0;
    translate: 0 0;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation-duration: 0.01ms !important;
    }
  }
`;
