/** Every element of the bundle: a new one is a file in `elements/` and a line here. */
import { CrowdAlert } from "./elements/alert";
import { CrowdBadge } from "./elements/badge";
import { CrowdButton } from "./elements/button";
import { CrowdCard } from "./elements/card";
import { CrowdCheckbox } from "./elements/checkbox";
import { CrowdClassifier, CrowdClassifierMultiSelect } from "./elements/classifier";
import { CrowdForm } from "./elements/form";
import { CrowdFab, CrowdIconButton } from "./elements/icon-button";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./elements/image-classifier";
import { CrowdInput } from "./elements/input";
import { CrowdInstructions } from "./elements/instructions";
import { CrowdModal } from "./elements/modal";
import { CrowdRadioButton } from "./elements/radio-button";
import { CrowdRadioGroup } from "./elements/radio-group";
import { CrowdSlider } from "./elements/slider";
import { CrowdTab, CrowdTabs } from "./elements/tabs";
import { CrowdTextArea } from "./elements/text-area";
import { CrowdToast } from "./elements/toast";
import { CrowdToggleButton } from "./elements/toggle-button";
import { CrowdInstanceSegmentation } from "./segmentation/instance";
import { CrowdSemanticSegmentation } from "./segmentation/semantic";

export const ELEMENTS: readonly (readonly [string, CustomElementConstructor])[] = [
  ["crowd-alert", CrowdAlert],
  ["crowd-badge", CrowdBadge],
  ["crowd-button", CrowdButton],
  ["crowd-card", CrowdCard],
  ["crowd-checkbox", CrowdCheckbox],
  ["crowd-classifier", CrowdClassifier],
  ["crowd-classifier-multi-select", CrowdClassifierMultiSelect],
  ["crowd-fab", CrowdFab],
  ["crowd-form", CrowdForm],
  ["crowd-icon-button", CrowdIconButton],
  ["crowd-image-classifier", CrowdImageClassifier],
  ["crowd-image-classifier-multi-select", CrowdImageClassifierMultiSelect],
  ["crowd-input", CrowdInput],
  ["crowd-instance-segmentation", CrowdInstanceSegmentation],
  ["crowd-instructions", CrowdInstructions],
  ["crowd-modal", CrowdModal],
  ["crowd-radio-button", CrowdRadioButton],
  ["crowd-radio-group", CrowdRadioGroup],
  ["crowd-semantic-segmentation", CrowdSemanticSegmentation],
  ["crowd-slider", CrowdSlider],
  ["crowd-tab", CrowdTab],
  ["crowd-tabs", CrowdTabs],
  ["crowd-text-area", CrowdTextArea],
  ["crowd-toast", CrowdToast],
  ["crowd-toggle-button", CrowdToggleButton],
];

export function defineElements(registry: CustomElementRegistry = customElements): void {
  for (const [name, element] of ELEMENTS) if (registry.get(name) === undefined) registry.define(name, element);
}
