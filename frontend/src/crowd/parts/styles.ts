import { css } from "lit";

/** What all elements share: the page's colours, controls and focus. */
export const crowdStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    color: var(--mw-text, #1a2227);
    font-family: var(--mw-font, system-ui, sans-serif);
    font-size: 15px;
    line-height: 1.45;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--mw-focus, #0a84b0);
    outline-offset: 2px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 40px;
    padding: 0 18px;
    border: 1px solid var(--mw-border-strong, #7d8a93);
    border-radius: 8px;
    background: var(--mw-surface, #fff);
    color: var(--mw-text, #1a2227);
    font-weight: 600;
    text-decoration: none;
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
  .button.link {
    min-block-size: 0;
    padding: 2px 0;
    border: 0;
    background: none;
    color: var(--mw-accent, #0a6380);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .problem {
    margin: 4px 0 0;
    color: var(--mw-danger, #b42318);
    font-size: 13px;
  }
  @media (pointer: coarse) {
    .button:not(.link) {
      min-block-size: 44px;
    }
  }
`;

/** A window over the page. */
export const dialogStyles = css`
  dialog {
    inline-size: min(720px, calc(100vw - 32px));
    max-block-size: calc(100vh - 48px);
    padding: 0;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: 12px;
    background: var(--mw-surface, #fff);
    color: var(--mw-text, #1a2227);
    box-shadow: var(--mw-shadow-raised, 0 8px 28px rgb(20 30 36 / 16%));
    overflow: auto;
  }
  dialog::backdrop {
    background: var(--mw-scrim, rgb(15 22 26 / 45%));
  }
  dialog > div {
    padding: 20px 24px;
  }
  dialog h2 {
    margin: 0 0 8px;
    font-size: 18px;
  }
  dialog .row {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 16px;
  }
`;
