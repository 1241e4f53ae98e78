/** Reading a template's or label set's form into what the editor's preview shows. No DOM beyond FormData. */

export interface PreviewCategory {
  readonly index: number;
  readonly name: string;
  readonly color: string;
  readonly key: string;
  readonly description: string;
}

export interface PreviewTemplate {
  readonly title: string;
  readonly instructions_html: string;
  readonly tools: readonly string[];
  readonly allow_empty: boolean;
  readonly allow_impossible: boolean;
  readonly require_full_coverage: boolean;
}

/** The `json_script` beside the form. `categories` by label set id serve a template's choice of label set. */
export interface PreviewData {
  readonly image: { readonly url: string; readonly width: number; readonly height: number } | null;
  readonly categories: readonly PreviewCategory[];
  readonly template: PreviewTemplate;
  readonly label_sets?: Readonly<Record<string, readonly PreviewCategory[]>>;
}

const SWITCHES = ["allow_empty", "allow_impossible", "require_full_coverage"] as const;

/** Fields the form does not have keep what `data` says; an unticked box of a form that has it is false. */
export function readTemplate(form: FormData, fields: ReadonlySet<string>, data: PreviewData): PreviewTemplate {
  const template: Record<string, unknown> = { ...data.template };
  if (fields.has("title")) template["title"] = text(form, "title");
  if (fields.has("tools")) template["tools"] = form.getAll("tools").map(String);
  for (const name of SWITCHES) if (fields.has(name)) template[name] = form.has(name);
  return template as unknown as PreviewTemplate;
}

/**
 * The categories to show: the rows of a table of them (`<prefix>-<n>-name`, in the order of their ORDER field,
 * deleted and unnamed rows left out), else those of the chosen label set, else the page's own.
 */
export function readCategories(form: FormData, data: PreviewData): readonly PreviewCategory[] {
  const rows = tableRows(form);
  if (rows.length > 0) return rows;
  return data.label_sets?.[text(form, "label_set")] ?? data.categories;
}

function tableRows(form: FormData): PreviewCategory[] {
  const rows = new Map<number, Map<string, string>>();
  for (const [name, value] of form.entries()) {
    const match = /-(\d+)-(\w+)$/.exec(name);
    if (!match?.[1] || !match[2] || typeof value !== "string") continue;
    const row = rows.get(Number(match[1])) ?? new Map<string, string>();
    rows.set(Number(match[1]), row.set(match[2], value));
  }
  const order = (number: number, row: Map<string, string>): number => Number(row.get("ORDER") || number + 1);
  return [...rows]
    .filter(([, row]) => row.get("name") && row.has("color") && !row.has("DELETE"))
    .sort(([a, first], [b, second]) => order(a, first) - order(b, second) || a - b)
    .map(([, row], place) => ({
      index: Number(row.get("index") || place + 1),
      name: row.get("name") ?? "",
      color: row.get("color") ?? "",
      key: row.get("key") ?? "",
      description: row.get("description") ?? "",
    }));
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
