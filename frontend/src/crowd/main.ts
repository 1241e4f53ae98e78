/**
 * The bundle that a task template gets in place of AWS's script: classic and in one file, so that the elements are there
 * before the page below it is read, also on the opaque origin of a sandboxed frame.
 */
import type { FromFrame } from "../shared/frame-messages";
import { CrowdForm } from "./elements/form";
import { FrameLink } from "./link";
import { t } from "../shared/i18n";
import { pageHelp } from "./page-help";
import { dressPage, followsTheme, tellActivity, tellHeight, tellProblems } from "./page";
import { defineElements } from "./registry";

const link = new FrameLink();

async function begin(): Promise<void> {
  const form = document.querySelector("crowd-form");
  tellProblems(form);
  if (form instanceof CrowdForm) {
    const framed = window.parent !== window;
    if (framed) form.say = (message: FromFrame) => link.say(message);
    pageHelp.connect(link);
    link.listen((message) => {
      pageHelp.hear(message);
      if (message.type === "task") {
        document.documentElement.lang = message.language;
        document.documentElement.dataset["theme"] = followsTheme() ? message.theme : "light";
      }
      form.hear(message);
    });
    await form.updateComplete;
  }
  document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
  tellActivity((message) => link.say(message));
  tellHeight((message) => link.say(message));
  link.say({ type: "ready" });
}

dressPage();
document.title ||= t("Task");
defineElements();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => void begin());
else void begin();
