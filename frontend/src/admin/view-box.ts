/** Which part of an image a canvas shows: screen = image * scale + offset, in CSS pixels. No DOM. */
export interface ViewBox {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MOST_ZOOM = 40;

/** The whole image, centred, with a small margin. */
export function fit(image: Size, view: Size, margin = 12): ViewBox {
  const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
  const scale = Math.min(room.width / image.width, room.height / image.height, MOST_ZOOM);
  return { scale, x: (view.width - image.width * scale) / 2, y: (view.height - image.height * scale) / 2 };
}

/** Zooms so that the image point under (x, y) stays there; from an eighth of the fitting scale to 40-fold. */
export function zoomAt(box: ViewBox, factor: number, x: number, y: number, smallest: number): ViewBox {
  const scale = Math.min(MOST_ZOOM, Math.max(smallest / 8, box.scale * factor));
  const ratio = scale / box.scale;
  return { scale, x: x - (x - box.x) * ratio, y: y - (y - box.y) * ratio };
}

export function pan(box: ViewBox, dx: number, dy: number): ViewBox {
  return { ...box, x: box.x + dx, y: box.y + dy };
}
