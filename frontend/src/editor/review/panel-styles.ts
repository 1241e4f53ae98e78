import { css } from "lit";

/** What stands beside the image while reviewing, and when an image came back. */
export const panelStyles = css`
  :host {
    display: block;
    font-size: 13px;
  }
  section {
    padding: 10px 14px 12px;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  h2 {
    display: flex;
    align-items: baseline;
    gap: 8px;
    margin: 0 0 6px;
    font-size: 13px;
    font-weight: 600;
  }
  h2 .count {
    margin-inline-start: auto;
    color: var(--mw-muted, #56636c);
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  p {
    margin: 0 0 6px;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--mw-muted, #56636c);
  }
  .figures {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 4px 12px;
    margin: 0;
  }
  .figures dt {
    color: var(--mw-muted, #56636c);
    font-size: 12px;
  }
  .figures dd {
    margin: 0;
    font-size: 16px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .classes {
    display: grid;
    grid-template-columns: 12px minmax(0, 1fr) 60px auto;
    align-items: center;
    gap: 4px 8px;
    margin-block-start: 8px;
  }
  .classes .swatch {
    inline-size: 12px;
    block-size: 12px;
    border-radius: 3px;
    box-shadow: inset 0 0 0 1px rgb(0 0 0 / 25%);
  }
  .classes .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .classes .value {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  meter,
  progress {
    inline-size: 100%;
    block-size: 8px;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
    padding: 0 6px;
    margin-inline: -6px;
    border-radius: 7px;
    cursor: pointer;
  }
  .choice:hover {
    background: var(--mw-surface-2, #eceff1);
  }
  .choice:has(input:checked[type="radio"]) {
    background: var(--mw-accent-soft, #e0eff4);
    font-weight: 600;
  }
  .choice:has(input:disabled) {
    color: var(--mw-muted, #56636c);
    cursor: default;
  }
  .choice input {
    flex: none;
    accent-color: var(--mw-accent, #0a6380);
  }
  .choice .said {
    min-inline-size: 0;
    overflow: hidden;
    color: var(--mw-muted, #56636c);
    font-weight: 400;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  kbd {
    margin-inline-start: auto;
  }
  .choice kbd {
    flex: none;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  #take {
    margin: 10px 0 6px;
  }
  .row .button {
    flex: 1 1 auto;
    min-block-size: 32px;
    padding: 0 8px;
    font-size: 13px;
  }
  .row .button kbd {
    margin-inline-start: 0;
  }
  input[type="range"] {
    inline-size: 100%;
  }
  ol,
  ul {
    display: grid;
    gap: 6px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .pin {
    display: grid;
    grid-template-columns: 26px minmax(0, 1fr) auto;
    align-items: start;
    gap: 4px 8px;
    padding: 4px;
    margin-inline: -4px;
    border-radius: 8px;
  }
  .pin.selected {
    background: var(--mw-surface-2, #eceff1);
  }
  .pin .go {
    inline-size: 26px;
    block-size: 26px;
    padding: 0;
    border: 0;
    border-radius: 50% 50% 50% 2px;
    background: var(--mw-accent, #0a6380);
    color: var(--mw-accent-text, #fff);
    font-size: 12px;
    font-weight: 600;
    cursor: pointer;
  }
  .pin textarea {
    inline-size: 100%;
    min-block-size: 32px;
    padding: 5px 8px;
    border: 1px solid var(--mw-border-strong, #7d8a93);
    border-radius: 6px;
    background: var(--mw-surface, #fff);
    field-sizing: content;
    resize: vertical;
  }
  .pin .text {
    margin: 0;
    padding-block-start: 4px;
  }
  .pin.done .text {
    color: var(--mw-muted, #56636c);
    text-decoration: line-through;
  }
  .pin input[type="checkbox"] {
    inline-size: 20px;
    block-size: 20px;
    margin: 3px;
    accent-color: var(--mw-success, #1f7a3d);
  }
  .pin .tool {
    inline-size: 28px;
    block-size: 28px;
  }
  details summary {
    min-block-size: 28px;
    font-weight: 600;
    cursor: pointer;
  }
  blockquote {
    margin: 0 0 8px;
    padding: 6px 10px;
    border-inline-start: 3px solid var(--mw-warning, #8a5200);
    border-radius: 0 6px 6px 0;
    background: var(--mw-warning-soft, #fdf1db);
    color: var(--mw-text, #1a2227);
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
`;
