import { css } from "lit";

/** The editor's shell with a frame in place of tools, image and classes. */
export const framedStyles = css`
  :host {
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    grid-template-areas: "header" "main" "status";
  }
  .picture {
    grid-area: main;
    background: var(--mw-surface, #fff);
  }
  iframe {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    border: 0;
  }
  .over:not(.veil) {
    background: var(--canvas);
  }
  footer {
    grid-area: status;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 18px;
    min-block-size: 34px;
    padding: 0 12px;
    border-block-start: 1px solid var(--mw-border, #d9dfe3);
    color: var(--mw-muted, #56636c);
    font-size: 12.5px;
    font-variant-numeric: tabular-nums;
  }
  @media (max-width: 560px) {
    :host {
      grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
      grid-template-areas: "header" "main" "status";
    }
  }
`;
