import { css } from "lit";

/** The editor's own frame: header, tools left, image, classes right, status below. */
export const shellStyles = css`
  :host {
    --canvas: light-dark(#343b40, #0c1012);
    container: editor / inline-size;
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / auto minmax(0, 1fr) auto;
    grid-template-areas: "header header header" "tools main side" "tools status side";
    block-size: 100%;
    min-block-size: 320px;
    overflow: hidden;
    background: var(--mw-surface, #fff);
    color: var(--mw-text, #1a2227);
    font: 400 14px/1.4 var(--mw-font, system-ui, sans-serif);
    -webkit-font-smoothing: antialiased;
  }
  header {
    grid-area: header;
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 52px;
    padding: 0 12px;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  header h1 {
    min-inline-size: 0;
    margin: 0 4px;
    overflow: hidden;
    font-size: 15px;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  header .number {
    color: var(--mw-muted, #56636c);
    white-space: nowrap;
  }
  header .space {
    flex: 1;
  }
  .chip {
    padding: 3px 10px;
    border-radius: 999px;
    background: var(--mw-accent-soft, #e0eff4);
    color: var(--mw-accent, #0a6380);
    font-size: 12.5px;
    font-weight: 500;
    white-space: nowrap;
  }
  mw-editor-toolbar {
    grid-area: tools;
    inline-size: 52px;
    border-inline-end: 1px solid var(--mw-border, #d9dfe3);
  }
  main {
    grid-area: main;
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    min-inline-size: 0;
  }
  mw-editor-options {
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  mw-editor-status {
    grid-area: status;
    border-block-start: 1px solid var(--mw-border, #d9dfe3);
  }
  aside {
    grid-area: side;
    display: flex;
    flex-direction: column;
    inline-size: 264px;
    min-block-size: 0;
    border-inline-start: 1px solid var(--mw-border, #d9dfe3);
  }
  @container editor (max-width: 1100px) {
    aside {
      inline-size: 224px;
    }
  }
  @container editor (max-width: 720px) {
    aside {
      inline-size: 176px;
    }
    header .number,
    .chip {
      display: none;
    }
  }
  /* A phone: the classes below the image, so that nothing lies over or beside the screen. */
  @media (max-width: 560px) {
    :host {
      grid-template: auto minmax(0, 1fr) auto auto / auto minmax(0, 1fr);
      grid-template-areas: "header header" "tools main" "side side" "status status";
    }
    header {
      gap: 6px;
      padding: 0 8px;
    }
    header h1 {
      display: none;
    }
    aside {
      inline-size: auto;
      max-block-size: 30dvh;
      overflow-y: auto;
      border-inline-start: 0;
      border-block-start: 1px solid var(--mw-border, #d9dfe3);
    }
    mw-editor-labels {
      order: -1;
    }
  }
  .menu {
    position: relative;
  }
  .menu [popover] {
    inset: auto;
    margin: 6px 0 0;
    padding: 6px;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: 10px;
    background: var(--mw-surface, #fff);
    color: inherit;
    box-shadow: var(--mw-shadow-raised, 0 8px 28px rgb(20 30 36 / 16%));
  }
  .menu [popover] button {
    display: block;
    inline-size: 100%;
    min-block-size: 36px;
    padding: 0 12px;
    border: 0;
    border-radius: 7px;
    background: none;
    text-align: start;
    white-space: nowrap;
    cursor: pointer;
  }
  .menu [popover] button:hover,
  .menu [popover] button:focus-visible {
    background: var(--mw-surface-2, #eceff1);
  }
  .beside {
    flex: 0 1 auto;
    max-block-size: 60%;
    overflow-y: auto;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  .instructions {
    display: flex;
    flex-direction: column;
    flex: none;
    max-block-size: 45%;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  .instructions summary {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 44px;
    padding: 0 14px;
    font-weight: 600;
    list-style: none;
    cursor: pointer;
  }
  .instructions summary::-webkit-details-marker {
    display: none;
  }
  .instructions summary .icon {
    margin-inline-start: auto;
    color: var(--mw-muted, #56636c);
    transition: rotate 120ms;
  }
  .instructions[open] summary .icon {
    rotate: 180deg;
  }
  .instructions::details-content {
    min-block-size: 0;
    overflow-y: auto;
  }
  .instructions .text {
    max-block-size: calc(45vh - 80px);
    overflow-y: auto;
  }
  .text {
    padding: 0 14px 14px;
    line-height: 1.55;
    overflow-wrap: anywhere;
  }
  .text > :first-child {
    margin-block-start: 0;
  }
  .text :is(h1, h2, h3, h4) {
    margin: 1em 0 0.4em;
    font-size: 14px;
  }
  .text :is(p, ul, ol) {
    margin: 0 0 0.8em;
  }
  .text :is(ul, ol) {
    padding-inline-start: 1.3em;
  }
  .text img {
    max-inline-size: 100%;
    block-size: auto;
    border-radius: 6px;
  }
  .text a {
    color: var(--mw-accent, #0a6380);
  }
  .layers {
    padding: 10px 8px 4px;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
  }
  .layers h2 {
    margin: 0 0 4px 6px;
    color: var(--mw-muted, #56636c);
    font-size: 12px;
    font-weight: 600;
  }
  .layers label {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 34px;
    padding: 0 8px;
    border-radius: 7px;
    cursor: pointer;
  }
  .layers label:hover {
    background: var(--mw-surface-2, #eceff1);
  }
  .layers input {
    accent-color: var(--mw-accent, #0a6380);
  }
  mw-editor-labels {
    flex: 1 1 auto;
  }
  header.verdicts .chip {
    flex: 0 1 auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @container editor (max-width: 960px) {
    header.verdicts :is(.number, kbd) {
      display: none;
    }
    header.verdicts .button {
      padding: 0 10px;
    }
  }
  .chip.warn {
    background: var(--mw-warning-soft, #fdf1db);
    color: var(--mw-warning, #8a5200);
  }
  header .button.primary kbd {
    border-color: transparent;
    background: rgb(0 0 0 / 22%);
    color: inherit;
  }
  /* Classes first, they are needed with every stroke; what is read beside them scrolls. */
  aside.long {
    inline-size: 288px;
    overflow-y: auto;
  }
  @container editor (max-width: 960px) {
    aside.long {
      inline-size: 224px;
    }
  }
  @media (max-width: 560px) {
    aside.long {
      inline-size: auto;
    }
  }
  aside.long :is(mw-editor-labels, .instructions) {
    flex: none;
  }
  aside.long .instructions {
    max-block-size: none;
  }
`;
