/** Putting a picture into Markdown: in a paragraph of its own, at the cursor. */

export interface Changed {
  readonly text: string;
  /** After the picture. */
  readonly cursor: number;
}

/** `![words](address)` in place of what is selected from `start` to `end`. The words are the file's name or the selection. */
export function withPicture(text: string, start: number, end: number, address: string, name: string): Changed {
  const selected = text.slice(start, end).trim();
  const words = (selected || name.replace(/\.[^.]*$/, "")).replace(/[[\]\\\n]/g, " ").trim();
  const before = text.slice(0, start);
  const after = text.slice(end);
  const head = before === "" || before.endsWith("\n\n") ? before : `${before.replace(/\n?$/, "")}\n\n`;
  const picture = `![${words}](${address})`;
  const tail = after.startsWith("\n\n") ? after : `\n\n${after.replace(/^\n/, "")}`;
  return { text: head + picture + tail, cursor: head.length + picture.length };
}
