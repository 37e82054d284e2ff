// The seam between the program and where it runs: files, terminal, arguments. Implemented by
// platform_node.ts; a browser has its own, smaller one. Nothing above this file imports `node:` modules.

/** File access. All paths are plain strings; every method rejects with an Error whose `code` is Node's (ENOENT ...). */
export interface Files {
  exists(path: string): Promise<boolean>;
  size(path: string): Promise<number>;
  list(path: string): Promise<string[]>;
  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readText(path: string): Promise<string>;
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, or a folder with all it holds; nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Writes to a temporary name beside it (`path.*.tmp`), flushes to disk and renames: nobody sees half a file. */
  writeAtomic(path: string, data: Uint8Array | string): Promise<void>;
  /** Gives a file another name in the same folder, replacing what has it. */
  rename(path: string, to: string): Promise<void>;
  /** Appends and flushes to disk. */
  append(path: string, text: string): Promise<void>;
  /** Cuts the file to its first `bytes` bytes. */
  truncate(path: string, bytes: number): Promise<void>;
  /**
   * Keeps others out of a folder, which exists, until it is released or the process ends.
   * Throws UserError where somebody is in it.
   */
  lock(folder: string): Promise<FolderLock>;
}

export interface FolderLock {
  /** Throws RunError where somebody else has the folder by now. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** A terminal behind standard output or standard error. */
export interface Screen {
  /** Characters in a line, now: the user may change it. */
  readonly columns: number;
  /** Whether colours are shown and wanted. */
  readonly colors: boolean;
}

/** Where the program's words go. */
export interface Terminal {
  /** True where standard error is a terminal on which a line can be drawn again. */
  readonly interactive: boolean;
  /** What is behind the two streams, where that is a terminal. */
  readonly screens?: { readonly out?: Screen | undefined; readonly err?: Screen | undefined };
  /** True where only results and errors are wanted, no progress and no notes. */
  readonly quiet?: boolean;
  /** Standard output: results. */
  out(text: string): void;
  /** Standard error: progress, notes, errors. */
  err(text: string): void;
}

/** What the library needs of where it runs, in pages too. */
export type LibraryPlatform = Pick<Platform, 'files' | 'readAsset' | 'runtime' | 'now'>;

export interface Platform {
  readonly files: Files;
  /** Reads a file that comes with the program, by its path beside the bundle: 'sample/train.bin'. */
  readAsset(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readonly terminal: Terminal;
  readonly args: readonly string[];
  /** What the user types in front of them: 'nat', 'node dist/nat.js'. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 'node 20.11.0 linux x64' and the like, for environment.json. */
  readonly runtime: string;
  /** Milliseconds, monotonic; for timing.jsonl and progress only, never for a result. */
  now(): number;
  /**
   * Calls `stop` once when the user interrupts: Ctrl-C, SIGTERM, or SIGHUP, which the end of its terminal sends. A
   * second interrupt ends the program at once.
   */
  onInterrupt(stop: () => void): void;
}
