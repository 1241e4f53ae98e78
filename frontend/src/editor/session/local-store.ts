/** What a browser keeps of an assignment until the server has acknowledged the answer. */
export interface LocalDraft {
  readonly claim: string;
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
  put(draft: LocalDraft): Promise<void>;
  delete(claim: string): Promise<void>;
}

export class MemoryStore implements LocalStore {
  readonly drafts = new Map<string, LocalDraft>();

  async get(claim: string): Promise<LocalDraft | null> {
    return Promise.resolve(this.drafts.get(claim) ?? null);
  }

  async put(draft: LocalDraft): Promise<void> {
    this.drafts.set(draft.claim, draft);
    return Promise.resolve();
  }

  async delete(claim: string): Promise<void> {
    this.drafts.delete(claim);
    return Promise.resolve();
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
