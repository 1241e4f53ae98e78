import { type Api } from "../shared/api";
import { sha256Hex } from "../shared/sha256";
import type { LocalFile } from "./upload-queue";

interface FilePage {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Address of the next page. */
  readonly next: string | null;
}

/** The calls of one upload (docs: POST /api/v1/uploads made it). */
export class UploadApi {
  constructor(
    private readonly api: Api,
    private readonly id: string,
  ) {}

  /** Name and size of every file that is there. */
  async listed(): Promise<Map<string, number>> {
    const there = new Map<string, number>();
    let url: string | null = `${this.#url}?limit=200`;
    while (url) {
      const page: FilePage = await this.api.json<FilePage>(url);
      for (const { name, bytes } of page.files) there.set(name, bytes);
      url = page.next;
    }
    return there;
  }

  async send(file: LocalFile): Promise<void> {
    const body = await file.bytes();
    await this.api.send(`${this.#url}/files?name=${encodeURIComponent(file.name)}`, {
      method: "PUT",
      body,
      headers: { "Content-Type": "application/octet-stream", "X-Content-SHA256": await sha256Hex(body) },
    });
  }

  async complete(): Promise<void> {
    await this.api.send(`${this.#url}/complete`, { json: {} });
  }

  get #url(): string {
    return `/api/v1/uploads/${this.id}`;
  }
}
