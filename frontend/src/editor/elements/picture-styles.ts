import { css } from "lit";

/** The image, what lies over it, and news about it. */
export const pictureStyles = css`
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
`;
