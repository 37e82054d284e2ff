// The seam between work that many machines share and where its files lie: a folder that all of them see, or a bucket.

/** Whole files under names with '/', which all machines see. Every method throws StoreError where the store fails. */
export interface Store {
  /** For messages: 'shared/grid', 's3://bucket/prefix'. */
  readonly name: string;
  /** Null where there is no such file. */
  read(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Puts a file in place, replacing what is there: nobody sees half of it. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** The names that begin with `folder/`, in order. */
  list(folder: string): Promise<string[]>;
  /** Nothing there is no error. */
  remove(key: string): Promise<void>;
}
