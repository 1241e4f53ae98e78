import type { Disposers } from "../disposer";
import type { SegmentationEditor } from "./segmentation-editor";

/** Keys, and every sign that the page may be gone soon. */
export function listenToPage(editor: SegmentationEditor, page: Disposers): void {
  page.listen(window, "keydown", (event: KeyboardEvent) => keyDown(editor, event));
  page.listen(window, "keyup", (event: KeyboardEvent) => editor.engine?.keyUp(event));
  page.listen(window, "pointerdown", () => (editor.tabbed = false));
  page.listen(window, "blur", () => {
    editor.engine?.settle();
    void editor.session?.drafts.flush();
  });
  page.listen(document, "visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    editor.session?.drafts.hidden();
    void editor.session?.drafts.flush();
  });
  page.listen(window, "pagehide", () => editor.session?.drafts.hidden());
  page.listen(window, "offline", () => editor.session?.offline());
  page.listen(window, "online", () => void editor.session?.refresh());
  page.listen(window, "beforeunload", (event: BeforeUnloadEvent) => {
    if (editor.session?.saving.value === "failed") event.preventDefault();
  });
}

const TEXT_FIELDS = "textarea, select, input:not([type=range]):not([type=checkbox]):not([type=radio])";

/** Whether the key belongs to a text field or a dialog. */
function isTaken(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (node) =>
        node instanceof HTMLDialogElement ||
        (node instanceof HTMLElement && (node.isContentEditable || node.matches(TEXT_FIELDS))),
    );
}

function keyDown(editor: SegmentationEditor, event: KeyboardEvent): void {
  const { engine } = editor;
  if (event.key === "Tab") editor.tabbed = true;
  if (engine === null || event.defaultPrevented || editor.dialogElement.open || editor.inert) return;
  const phase = editor.session?.phase.value.kind;
  if (phase === "sending" || phase === "sent" || phase === "stopped") return;
  // In a page of its own, or a task's frame, the editor has the keyboard; in a form, only while one is at work in it.
  const ours = editor.mode === "work" || editor.mode === "embedded" || event.composedPath().includes(editor) || engine.pointer.position !== null;
  if (!ours || isTaken(event)) return;
  editor.session?.input();
  if (engine.keyDown(event)) event.preventDefault();
}
