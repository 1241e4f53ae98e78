/** Index 0: what no class has been given to; the editor calls it unlabeled, consolidation votes for it. */
export const BACKGROUND = 0;
/** Side of a dirty tile in pixels; tiles at the right and lower edge are smaller. */
export const TILE = 256;
