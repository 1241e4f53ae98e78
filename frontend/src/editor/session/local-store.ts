/** What a browser keeps of an assignment until the server has acknowledged the answer. */
export interface LocalDraft {
  readonly claim: string;
  /** What it is of, and whose it is: the claim may end while the browser is offline, and the person get the image again. */
  readonly task?: string;
  readonly person?: string;
  readonly seq: number;
  /** The server's draft it goes on from, 0 without one; missing in copies of earlier versions. */
  readonly base?: number;
  readonly savedAt: number;
  readonly width: number;
  readonly height: number;
  /** The mask as PNG, or as raw indices when there was no time to pack them (the page was closing). */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packed: boolean;
  /** The answer's key: a submit after a crash is the same submit. */
  readonly idempotencyKey: string;
}

/** Drafts on this device, one per claim. */
export interface LocalStore {
  get(claim: string): Promise<LocalDraft | null>;
  /** A person's newest draft of a task, of whichever claim. */
  newest(task: string, person: string): Promise<LocalDraft | null>;
  put(draft: LocalDraft): Promise<void>;
  delete(claim: string): Promise<void>;
  /** All of a person's drafts of a task. */
  deleteTask(task: string, person: string): Promise<void>;
}

function newerOf(best: LocalDraft | null, one: LocalDraft, task: string, person: string): LocalDraft | null {
  const fits = person !== "" && one.task === task && one.person === person;
  return fits && (best === null || one.savedAt > best.savedAt) ? one : best;
}

export class MemoryStore implements LocalStore {
  readonly drafts = new Map<string, LocalDraft>();

  async get(claim: string): Promise<LocalDraft | null> {
    return Promise.resolve(this.drafts.get(claim) ?? null);
  }

  async newest(task: string, person: string): Promise<LocalDraft | null> {
    return Promise.resolve([...this.drafts.values()].reduce<LocalDraft | null>((best, one) => newerOf(best, one, task, person), null));
  }

  async put(draft: LocalDraft): Promise<void> {
    this.drafts.set(draft.claim, draft);
    return Promise.resolve();
  }

  async delete(claim: string): Promise<void> {
    this.drafts.delete(claim);
    return Promise.resolve();
  }

  async deleteTask(task: string, person: string): Promise<void> {
    for (let one = await this.newest(task, person); one !== null; one = await this.newest(task, person)) this.drafts.delete(one.claim);
  }
}

const STORE = "drafts";
/** Drafts of claims long over are of no use to anybody. */
const KEEP_DAYS = 30;

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

/** IndexedDB. The connection stays open, so that `put` reaches the database even while the page closes. */
export class IndexedDbStore implements LocalStore {
  static async open(name = "maskwright-editor"): Promise<IndexedDbStore> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "claim" }).createIndex("savedAt", "savedAt");
    };
    const store = new IndexedDbStore(await answered(request));
    store.#prune(Date.now() - KEEP_DAYS * 86_400_000);
    return store;
  }

  private constructor(readonly database: IDBDatabase) {
    // Another tab with a newer editor wants to change the database: do not stand in its way.
    database.onversionchange = () => database.close();
  }

  async get(claim: string): Promise<LocalDraft | null> {
    return (await answered(this.#store("readonly").get(claim) as IDBRequest<LocalDraft | undefined>)) ?? null;
  }

  async newest(task: string, person: string): Promise<LocalDraft | null> {
    // Few are kept, so that no index is worth a new version of the database.
    const request = this.#store("readonly").openCursor();
    return new Promise((resolve, reject) => {
      let best: LocalDraft | null = null;
      request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null) {
          resolve(best);
          return;
        }
        best = newerOf(best, cursor.value as LocalDraft, task, person);
        cursor.continue();
      };
    });
  }

  async put(draft: LocalDraft): Promise<void> {
    const transaction = this.database.transaction(STORE, "readwrite");
    const request = transaction.objectStore(STORE).put(draft);
    // Asked for at once: a page that closes before the request is answered would take the change with it.
    transaction.commit();
    await answered(request);
  }

  async delete(claim: string): Promise<void> {
    await answered(this.#store("readwrite").delete(claim));
  }

  async deleteTask(task: string, person: string): Promise<void> {
    for (let one = await this.newest(task, person); one !== null; one = await this.newest(task, person)) await this.delete(one.claim);
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }

  #prune(before: number): void {
    const request = this.#store("readwrite").index("savedAt").openCursor(IDBKeyRange.upperBound(before));
    request.onsuccess = () => {
      request.result?.delete();
      request.result?.continue();
    };
  }
}

/** IndexedDB where the browser allows it (not in every private window), else memory. */
export async function openLocalStore(): Promise<LocalStore> {
  try {
    return await IndexedDbStore.open();
  } catch {
    return new MemoryStore();
  }
}
