import { html, nothing, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { t, tn } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import { isSilent, setSilent } from "../actions/unlabeled-question";
import type { ReviewDesk } from "../review/desk";
import { icon } from "./base";
import { confirmDialog, DECLINE_REASONS, helpSheet, IMPOSSIBLE_REASONS, reasonDialog, unlabeledDialog } from "./dialogs";
import { sessionBanner, sessionVeil, toast, type SessionActions } from "./messages";
import "./draft-history";
import type { DraftVersion } from "../transport/transport";
import type { SegmentationEditor } from "./segmentation-editor";

/** The whole editor as a template of its element's state. */
export function renderShell(editor: SegmentationEditor): TemplateResult {
  const { engine, session, mode } = editor;
  const on: SessionActions = {
    submitLate: () => void editor.send("mask"),
    leave: () => editor.leaveLost(),
    takeTheirs: () => void editor.takeTheirs(),
    resume: () => void session?.resume(),
    retry: () => void editor.refresh(),
    signInUrl: editor.signInUrl,
  };
  return html`${renderHeader(editor)}
    ${engine === null ? nothing : html`<mw-editor-toolbar .engine=${engine} @click=${backToImage}></mw-editor-toolbar>`}
    <main>
      ${engine === null ? html`<span></span>` : html`<mw-editor-options .engine=${engine} @click=${backToImage}></mw-editor-options>`}
      <div class="picture ${editor.tabbed ? "tabbed" : ""}">
        <div class="stage" tabindex="0" role="application" aria-label=${stageLabel(editor)}></div>
        ${renderPins(editor)} ${renderStatus(editor)}
        ${session === null ? nothing : [sessionVeil(session, on), sessionBanner(session, on)]}
        ${renderCameBack(editor)} ${engine === null ? nothing : toast(editor.editorState)}
      </div>
    </main>
    ${engine === null ? nothing : renderSide(editor)}
    ${engine === null
      ? nothing
      : html`<mw-editor-status .engine=${engine} .session=${mode === "work" ? session : null}></mw-editor-status>`}
    <dialog
      class=${editor.dialog === "help" ? "wide" : ""}
      @close=${() => {
        // The event comes late: another dialog may be open by now.
        if (!editor.dialogElement.open) editor.dialog = null;
      }}
      @click=${(event: MouseEvent) => {
        if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
      }}
    >
      ${renderDialog(editor)}
    </dialog>`;

  /** A click with the mouse leaves the keyboard with the image, so that Space moves it and does not press again. */
  function backToImage(event: MouseEvent): void {
    const pressed = event.composedPath().some((node) => node instanceof HTMLButtonElement);
    if (event.detail > 0 && pressed) editor.stageHost.focus({ preventScroll: true });
  }
}

function stageLabel({ engine, editorState, opened }: SegmentationEditor): string {
  if (engine === null || opened === null) return t("Image");
  const tool = engine.tools.find(({ id }) => id === editorState.tool.value)?.label ?? "";
  const category = engine.workspace.categories.find(({ index }) => index === editorState.category.value)?.name ?? "";
  return t("Image. Tool: {tool}. Class: {category}.", { tool: t(tool), category });
}

function renderHeader(editor: SegmentationEditor): TemplateResult {
  const { opened, mode, engine, session } = editor;
  const phase = session?.phase.value;
  // A lost claim may still be tried once: the answer counts if nobody else has taken the image.
  const open = phase === undefined || phase.kind === "working" || (phase.kind === "lost" && phase.annotation === null && !phase.earlier && phase.gone !== true && session?.stopping.value !== true);
  const ready = engine !== null && open && (session === null || session.conflict.value === null);
  const title = opened === null ? "" : opened.template.title || opened.task.job.name;
  const help = t("Tools and shortcuts");
  return html`<header class=${editor.desk === null ? "" : "verdicts"}>
    <slot name="bar-start"></slot>
    <h1>${title}</h1>
    ${opened !== null && mode === "work"
      ? html`<span class="number">${t("Image {code}", { code: opened.task.data_object.code })}</span>`
      : nothing}
    ${editor.desk !== null ? html`<span class="chip">${t("Review, round {number}", { number: editor.desk.sheet.round })}</span>` : nothing}
    ${editor.rework !== null ? html`<span class="chip warn">${t("Came back")}</span>` : nothing}
    ${editor.verdict !== null ? html`<span class="chip">${t("Verification")}</span>` : nothing}
    ${opened?.task_type === "adjustment" && editor.desk === null && editor.rework === null
      ? html`<span class="chip">${t("Begins with an earlier mask")}</span>`
      : nothing}
    ${mode === "preview" ? html`<span class="chip">${t("Preview: nothing is sent")}</span>` : nothing}
    <span class="space"></span>
    <slot
      name="bar-end"
      @slotchange=${(event: Event) => (editor.barEndUsed = (event.target as HTMLSlotElement).assignedElements().length > 0)}
    ></slot>
    ${engine === null
      ? nothing
      : html`<button class="tool" aria-label=${help} data-tip="${help}   ?" data-side="end" @click=${() => (editor.dialog = "help")}>
          ${icon("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9.8 9.7a2.3 2.3 0 1 1 3.3 2c-.8.4-1.1.8-1.1 1.6M12 16.5v.1")}
        </button>`}
    ${engine === null || mode === "view" || mode === "embedded" ? nothing : renderMenu(editor, ready)}
    ${editor.desk !== null ? renderVerdicts(editor, editor.desk, ready) : engine === null || mode === "view" || mode === "embedded"
      ? nothing
      : html`<button class="button primary" data-testid="submit" ?disabled=${!ready} title="${t("Submit")} (${showKey("mod+enter", isMac())})"
          @click=${() => editor.requestSubmit()}>${t("Submit")}</button>`}
  </header>`;
}

function renderVerdicts(editor: SegmentationEditor, desk: ReviewDesk, ready: boolean): TemplateResult {
  const key = (id: string): TemplateResult | typeof nothing => {
    const command = editor.commands.find((one) => one.id === id);
    const found = command === undefined ? null : (editor.engine?.keymap.keyFor(command) ?? null);
    return found === null ? nothing : html`<kbd>${showKey(found, isMac())}</kbd>`;
  };
  const painted = desk.changed.value || desk.sheet.consolidated === null;
  return html`<button class="button" ?disabled=${!ready} @click=${() => editor.askToSendBack()}>${t("Send back")} ${key("send-back")}</button>
    <button class="button primary" data-testid="accept" ?disabled=${!ready} @click=${() => editor.accept()}>
      ${painted ? t("Accept my mask") : t("Accept")} ${key("accept")}
    </button>`;
}

/** Told once, over the image: why one sees it again. What is wrong stands beside the image for as long as it is open. */
function renderCameBack(editor: SegmentationEditor): TemplateResult | typeof nothing {
  const { rework } = editor;
  if (rework === null || editor.cameBackRead) return nothing;
  const places = rework.pins.pins.value.length;
  return html`<div class="banner warn" role="status">
    <span>
      ${rework.sheet.mine
        ? t("This image came back to you. You see the mask you submitted: correct it and submit it again.")
        : t("This image was labeled before and sent back. It needs a new answer; read first what the reviewer wrote.")}
      ${places === 0 ? nothing : tn(places, "One place is marked in it.", "{count} places are marked in it.")}
    </span>
    <button class="button" @click=${() => {
      editor.cameBackRead = true;
      if (places > 0) editor.reworkPanel?.step(1);
    }}>${places === 0 ? t("Understood") : t("Show the first place")}</button>
  </div>`;
}

function renderPins(editor: SegmentationEditor): TemplateResult | typeof nothing {
  const list = editor.desk?.pins ?? editor.rework?.pins ?? null;
  if (editor.engine === null || list === null) return nothing;
  return html`<mw-editor-pins .list=${list} .editor=${editor.editorState}></mw-editor-pins>`;
}

function renderMenu(editor: SegmentationEditor, ready: boolean): TemplateResult {
  const { opened, mode } = editor;
  const template = opened?.template;
  const run = (action: () => void) => (event: Event) => {
    (event.target as Element).closest<HTMLElement>("[popover]")?.hidePopover();
    action();
  };
  const place = (event: Event): void => {
    const menu = event.target as HTMLElement;
    const box = menu.parentElement?.getBoundingClientRect();
    if (box === undefined) return;
    menu.style.top = `${box.bottom}px`;
    menu.style.right = `${document.documentElement.clientWidth - box.right}px`;
  };
  return html`<div class="menu">
    <button class="button" popovertarget="more" aria-haspopup="menu" ?disabled=${!ready}>${t("More")}${icon("M7 10l5 5 5-5", 16)}</button>
    <div id="more" popover role="menu" aria-label=${t("More")} @beforetoggle=${place}>
      ${template?.allow_empty === true && editor.desk === null
        ? html`<button role="menuitem" @click=${run(() => (editor.dialog = "empty"))}>${t("Nothing to label here")}</button>`
        : nothing}
      ${template?.allow_impossible === true && editor.desk === null
        ? html`<button role="menuitem" @click=${run(() => (editor.dialog = "impossible"))}>${t("Cannot be labeled, because …")}</button>`
        : nothing}
      ${editor.barEndUsed
        ? nothing
        : html`<button role="menuitem" @click=${run(() => void editor.leave("stop"))}>${t("Stop and resume later")}</button>`}
      ${opened !== null && mode === "work" && isSilent(opened.task.job.id)
        ? html`<button role="menuitem" @click=${run(() => editor.askAgain())}>${t("Ask about unlabeled pixels again")}</button>`
        : nothing}
      ${mode === "work" && editor.session !== null && editor.verdict === null
        ? html`<button role="menuitem" @click=${run(() => editor.ask("history"))}>${t("History of this draft")}</button>`
        : nothing}
      <button role="menuitem" @click=${run(() => (editor.dialog = "release"))}>${t("Give the image back")}</button>
      <button role="menuitem" @click=${run(() => (editor.dialog = "decline"))}>${editor.desk === null ? t("I do not want to label this image") : t("I do not want to review this image")}</button>
    </div>
  </div>`;
}

function renderStatus(editor: SegmentationEditor): TemplateResult | typeof nothing {
  const { status, mode } = editor;
  switch (status.kind) {
    case "loading":
      return html`<div class="over" role="status"><span class="spinner"></span><p>${t("Opening the image…")}</p></div>`;
    case "empty":
      return html`<div class="over"><p>${t("No image is open.")}</p></div>`;
    case "failed":
      return html`<div class="over" role="alert">
        <h2>${t("The image cannot be opened")}</h2>
        <p>${status.impossible ? t("The file is damaged or not what the job says: {reason}.", { reason: t(status.message) }) : t(status.message)}</p>
        <div class="row">
          <button class="button primary" @click=${() => editor.retryOpen()}>${t("Try again")}</button>
          ${mode === "work" ? html`<button class="button" @click=${() => editor.leaveLost()}>${t("Leave it")}</button>` : nothing}
        </div>
      </div>`;
    default:
      return nothing;
  }
}

function renderSide(editor: SegmentationEditor): TemplateResult {
  const { opened, engine, mode, layers } = editor;
  const instructions = opened?.template.instructions_html ?? "";
  const choice = (id: string | null, name: string): TemplateResult => html`<label>
    <input type="radio" name="layer" .checked=${editor.layer === id} @change=${() => void editor.showLayer(id)} />${name}
  </label>`;
  return html`<aside class=${editor.desk === null && editor.rework === null && editor.verdict === null ? "" : "long"}>
    ${mode === "view" && layers.length > 0
      ? html`<div class="layers" role="radiogroup" aria-labelledby="layers">
          <h2 id="layers">${t("Labels shown")}</h2>
          ${layers.map(({ id, name }) => choice(id, name))} ${choice(null, t("None"))}
        </div>`
      : nothing}
    ${instructions === ""
      ? nothing
      : html`<details class="instructions" ?open=${editor.desk === null && editor.rework === null}>
          <summary>${t("Instructions")}${icon("M7 10l5 5 5-5", 16)}</summary>
          <div class="text">${unsafeHTML(instructions)}</div>
        </details>`}
    ${editor.withBeside ? html`<div class="beside"><slot name="beside"></slot></div>` : nothing}
    ${editor.verdict === null ? nothing : html`<mw-editor-verdict .engine=${engine} .desk=${editor.verdict}></mw-editor-verdict>`}
    ${editor.desk === null ? nothing : html`<mw-editor-review .engine=${engine} .desk=${editor.desk}></mw-editor-review>`}
    ${editor.rework === null ? nothing : html`<mw-editor-rework .engine=${engine} .rework=${editor.rework}></mw-editor-rework>`}
    <mw-editor-labels .engine=${engine}></mw-editor-labels>
  </aside>`;
}

function renderDialog(editor: SegmentationEditor): TemplateResult | typeof nothing {
  const { engine, opened } = editor;
  if (engine === null || opened === null) return nothing;
  const { map, categories } = engine.workspace;
  const whole = map.width * map.height;
  switch (editor.dialog) {
    case "unlabeled":
      return unlabeledDialog(map.unlabeled, whole, categories, editor.editorState.category.value, opened.template.require_full_coverage, {
        submit: () => void editor.send("mask"),
        give: (index) => void editor.give(index),
        show: () => editor.showUnlabeled(),
        silence: editor.session === null ? null : (silent) => setSilent(opened.task.job.id, silent),
      });
    case "empty":
      return confirmDialog(
        t("Nothing to label here?"),
        map.unlabeled === whole
          ? t("Say so when none of the classes is in the image.")
          : t("Say so when none of the classes is in the image. What you have drawn is not sent."),
        t("Submit: nothing to label"),
        () => void editor.send("empty"),
      );
    case "impossible":
      return reasonDialog(
        t("Why can this image not be labeled?"),
        t("The job's manager reads the reason. What you have drawn is not sent."),
        IMPOSSIBLE_REASONS,
        t("Submit the reason"),
        (reason) => void editor.send("impossible", reason),
      );
    case "decline":
      return reasonDialog(
        t("Why do you not want to label this image?"),
        [
          t("The image goes to somebody else, and you do not get it again. When several people decline it, a manager decides what becomes of it."),
          t("What you painted in it is not used. What you submitted before counts as it did."),
          t("The job's managers read the reason, and whose it is, in the image's history. Other labelers do not see it."),
        ],
        DECLINE_REASONS,
        t("Decline the image"),
        (reason) => void editor.leave("decline", reason),
      );
    case "release":
      return confirmDialog(
        t("Give the image back?"),
        t("It goes back to the queue. What you have drawn is saved for you, in case the image comes to you again."),
        t("Give it back"),
        () => void editor.leave("release"),
      );
    case "send-back":
      return editor.desk === null || editor.desks === null ? nothing : editor.desks.sendBackDialog(editor.desk, (content) => void editor.sendVerdict(content));
    case "accept-painted":
      return editor.desks === null ? nothing : editor.desks.acceptPaintedDialog(editor.desk?.pins.said.length ?? 0, () => void editor.send("mask"));
    case "history":
      return html`<form method="dialog">
        <h2>${t("History of this draft")}</h2>
        <mw-editor-history .load=${() => editor.draftVersions()} .bringBack=${(version: DraftVersion) => editor.bringBack(version)}></mw-editor-history>
        <div class="row"><button class="button primary">${t("Close")}</button></div>
      </form>`;
    case "help":
      return helpSheet(engine, editor.commands);
    default:
      return nothing;
  }
}
