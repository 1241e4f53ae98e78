import type { LabelMap } from "./label-map";

/** Makes the document these indices, as one step that can be undone; locks do not hold it up. */
export async function become(map: LabelMap, raster: Uint8Array): Promise<void> {
  const { width, height, data } = map;
  if (raster.length !== data.length) throw new RangeError("raster and label map differ in size");
  await map.paint("over", (gesture) => {
    for (let y = 0; y < height; y++) {
      const row = y * width;
      let x = 0;
      while (x < width) {
        if (raster[row + x] === data[row + x]) {
          x++;
          continue;
        }
        const value = raster[row + x];
        const start = x;
        while (x < width && raster[row + x] === value) x++;
        gesture.span(y, start, x, value);
      }
    }
  }, new Uint8Array(256));
}
