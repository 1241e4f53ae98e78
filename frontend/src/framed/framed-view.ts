import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { t } from "../shared/i18n";
import { icon } from "../editor/elements/base";
import { confirmDialog, DECLINE_REASONS, IMPOSSIBLE_REASONS, reasonDialog } from "../editor/elements/dialogs";
import "../editor/elements/draft-history";
import { sessionBanner, sessionVeil, type SessionActions } from "../editor/elements/messages";
import { clockItem, savingItem } from "../editor/elements/session-items";
import type { DraftVersion } from "../editor/transport/transport";
import { SANDBOX } from "./frame-host";
import type { FramedDialog, FramedTask } from "./framed-task";

/** The whole task as a template of its element's state. */
export function renderFramed(task: FramedTask): TemplateResult {
  const { session, opened } = task;
  const on: SessionActions = {
    submitLate: () => void task.send(),
    leave: () => task.leaveLost(),
    takeTheirs: () => void task.takeTheirs(),
    resume: () => void session?.resume(),
    retry: () => void task.refresh(),
    signInUrl: task.signInUrl,
  };
  const address = opened?.frame?.url ?? "";
  return html`${renderHeader(task)}
    <div class="picture">
      ${session === null || address === ""
        ? nothing
        : keyed(
            task.round,
            html`<iframe sandbox=${SANDBOX} referrerpolicy="no-referrer" title=${t("Task")} src=${address} @load=${() => task.frameLoaded()}></iframe>`,
          )}
      ${renderStatus(task)} ${session === null ? nothing : [sessionVeil(session, on), sessionBanner(session, on)]}
    </div>
    <footer>${session === null ? nothing : [savingItem(session), clockItem(session, task.now)]}</footer>
    <dialog
      @close=${() => {
        // The event comes late: another dialog may be open by now.
        if (!task.dialogElement.open) task.dialog = null;
      }}
      @click=${(event: MouseEvent) => {
        if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
      }}
    >
      ${renderDialog(task)}
    </dialog>`;
}

function renderHeader(task: FramedTask): TemplateResult {
  const { opened, session } = task;
  const title = opened === null ? "" : opened.template.title || opened.task.job.name;
  return html`<header>
    <slot name="bar-start"></slot>
    <h1>${title}</h1>
    ${opened === null ? nothing : html`<span class="number">${t("Image {code}", { code: opened.task.data_object.code })}</span>`}
    <span class="space"></span>
    <slot name="bar-end"></slot>
    ${session === null ? nothing : renderMenu(task, session.phase.value.kind === "working")}
  </header>`;
}

function renderMenu(task: FramedTask, ready: boolean): TemplateResult {
  const template = task.opened?.template;
  const ask = (dialog: FramedDialog) => (event: Event) => {
    (event.target as Element).closest<HTMLElement>("[popover]")?.hidePopover();
    task.dialog = dialog;
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
      ${template?.allow_empty === true ? html`<button role="menuitem" @click=${ask("empty")}>${t("Nothing to label here")}</button>` : nothing}
      ${template?.allow_impossible === true ? html`<button role="menuitem" @click=${ask("impossible")}>${t("Cannot be labeled, because …")}</button>` : nothing}
      <button role="menuitem" @click=${ask("history")}>${t("History of this draft")}</button>
      <button role="menuitem" @click=${ask("release")}>${t("Give the image back")}</button>
      <button role="menuitem" @click=${ask("decline")}>${t("I do not want to label this image")}</button>
    </div>
  </div>`;
}

function renderStatus(task: FramedTask): TemplateResult | typeof nothing {
  const { status } = task;
  if (status === "loading") return html`<div class="over" role="status"><span class="spinner"></span><p>${t("Opening the task…")}</p></div>`;
  if (status === "open" || status === "empty") return nothing;
  return html`<div class="over" role="alert">
    <h2>${t("The task cannot be opened")}</h2>
    <p>${status.failed}</p>
    <div class="row">
      <button class="button primary" @click=${() => void task.open()}>${t("Try again")}</button>
      <button class="button" @click=${() => task.leaveLost()}>${t("Leave it")}</button>
    </div>
  </div>`;
}

function renderDialog(task: FramedTask): TemplateResult | typeof nothing {
  switch (task.dialog) {
    case "empty":
      return confirmDialog(
        t("Nothing to label here?"),
        t("Say so when none of the classes is in the image. What you have drawn is not sent."),
        t("Submit: nothing to label"),
        () => void task.sendOther("empty"),
      );
    case "impossible":
      return reasonDialog(
        t("Why can this image not be labeled?"),
        t("The job's manager reads the reason. What you have drawn is not sent."),
        IMPOSSIBLE_REASONS,
        t("Submit the reason"),
        (reason) => void task.sendOther("impossible", reason),
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
        (reason) => void task.leave("decline", reason),
      );
    case "release":
      return confirmDialog(
        t("Give the image back?"),
        t("It goes back to the queue. What you have drawn is saved for you, in case the image comes to you again."),
        t("Give it back"),
        () => void task.leave("release"),
      );
    case "history":
      return html`<form method="dialog">
        <h2>${t("History of this draft")}</h2>
        <mw-editor-history .load=${() => task.draftVersions()} .bringBack=${(version: DraftVersion) => task.bringBack(version)}></mw-editor-history>
        <div class="row"><button class="button primary">${t("Close")}</button></div>
      </form>`;
    default:
      return nothing;
  }
}
