import { css } from "lit";

/** The editor's own frame: header, tools left, image, classes right, status below. */
export const shellStyles = css`
  :host {
    --canvas: light-dark(#343b40, #0c1012);
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
  @media (max-width: 1100px) {
    aside {
      inline-size: 224px;
    }
  }
  .picture {
    position: relative;
    min-block-size: 0;
    background: var(--canvas);
  }
  .stage {
    position: absolute;
    inset: 0;
    overflow: hidden;
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
  }
  .stage:focus {
    outline: none;
  }
  .tabbed .stage:focus-visible {
    outline: 2px solid var(--mw-focus, #0a84b0);
    outline-offset: -2px;
  }
  .stage canvas {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    image-rendering: pixelated;
    pointer-events: none;
  }
  .ring {
    position: absolute;
    inset: 0 auto auto 0;
    border: 1.25px solid #fff;
    border-radius: 50%;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 60%), inset 0 0 0 1px rgb(0 0 0 / 45%);
    pointer-events: none;
    will-change: transform;
  }
  .ring.square {
    border-radius: 0;
  }
  .ring.dashed {
    border-style: dashed;
  }
  .ring::after {
    content: "";
    position: absolute;
    inset: calc(50% - 1px) auto auto calc(50% - 1px);
    inline-size: 2px;
    block-size: 2px;
    background: #fff;
    box-shadow: 0 0 0 0.5px rgb(0 0 0 / 60%);
  }
  .over {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 14px;
    padding: 24px;
    color: #e6ebee;
    text-align: center;
  }
  .over h2 {
    margin: 0;
    font-size: 17px;
    font-weight: 600;
  }
  .over p {
    max-inline-size: 46ch;
    margin: 0;
    color: #b4c0c7;
    line-height: 1.5;
  }
  .over .row {
    display: flex;
    gap: 8px;
  }
  .veil {
    background: rgb(12 16 18 / 72%);
  }
  .spinner {
    inline-size: 28px;
    block-size: 28px;
    border: 3px solid rgb(255 255 255 / 22%);
    border-block-start-color: #fff;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  .spinner.small {
    inline-size: 16px;
    block-size: 16px;
    border-width: 2px;
  }
  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }
  .banner {
    position: absolute;
    inset: 10px 10px auto;
    z-index: 5;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px;
    padding: 10px 12px 10px 14px;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: 9px;
    background: var(--mw-surface, #fff);
    box-shadow: var(--mw-shadow-raised, 0 8px 28px rgb(20 30 36 / 16%));
    line-height: 1.45;
  }
  .banner.warn {
    border-color: transparent;
    background: var(--mw-warning-soft, #fdf1db);
    color: var(--mw-warning, #8a5200);
  }
  .banner.bad {
    border-color: transparent;
    background: var(--mw-danger-soft, #fdeceb);
    color: var(--mw-danger, #b42318);
  }
  .banner > span {
    flex: 1;
    min-inline-size: 200px;
  }
  .toast {
    position: absolute;
    inset-block-end: 16px;
    inset-inline-start: 50%;
    z-index: 4;
    display: flex;
    align-items: center;
    gap: 10px;
    max-inline-size: calc(100% - 32px);
    padding: 8px 14px;
    border-radius: 9px;
    background: #11181c;
    color: #f2f5f6;
    box-shadow: 0 4px 16px rgb(0 0 0 / 40%);
    translate: -50% 0;
  }
  .toast.error {
    background: #5c1a15;
    color: #ffe5e2;
  }
  .toast button {
    padding: 2px 6px;
    border: 0;
    border-radius: 5px;
    background: none;
    cursor: pointer;
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
`;
