import type { Assignment } from "./transport/transport";
import { TOOLS } from "./tools/registry";
import type { Category } from "./workspace";

/** A claim's JSON, or as little of it as a page has to show: image and classes. */
export type AssignmentInput = Pick<Assignment, "image" | "categories"> &
  Partial<Omit<Assignment, "image" | "categories" | "template">> & { readonly template?: Partial<Assignment["template"]> };

/** The whole shape; what a preview or a view leaves out gets a value that changes nothing. */
export function completeAssignment(input: AssignmentInput): Assignment {
  return {
    id: "",
    token: 0,
    expires_at: "",
    seconds_left: 0,
    task: { id: "", job: { id: "", name: "" }, data_object: { id: "", code: "" } },
    revision: 0,
    paused: false,
    draft: null,
    ...input,
    template: {
      title: "",
      instructions_html: "",
      tools: TOOLS.flatMap(({ allowedBy }) => allowedBy ?? []),
      allow_empty: true,
      allow_impossible: true,
      require_full_coverage: false,
      ...input.template,
    },
  };
}

export function categoriesOf(assignment: Assignment): Category[] {
  return assignment.categories.map(({ index, name, color, key, description }) => ({
    index, name, color, key: key ?? "", description: description ?? "",
  }));
}
