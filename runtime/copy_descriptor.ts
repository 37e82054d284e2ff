// dup3, which Node lacks: makes one descriptor of this process lead where another one leads, sharing its position and
// flags. Opening /proc/self/fd/2 anew is no substitute: of a file it starts a second position, and a socket cannot be
// opened. Node loads a shared library and runs its initializer, though, so the call is the initializer of one that is
// written here: a dozen headers and six instructions.

import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Segments lie this far apart in memory and in the file: the largest page of any Linux. */
const PAGE = 0x10000;

/** e_machine of an ELF header, and the instructions for dup3(from, to, 0). */
interface Machine {
  readonly id: number;
  code(from: number, to: number): Buffer;
}

const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, Machine>>> = {
  x64: {
    id: 62,
    code(from, to) {
      const move = (opcode: number, value: number): number[] => [
        opcode,
        value & 255,
        (value >> 8) & 255,
        0,
        0,
      ];
      const edi = 0xbf;
      const esi = 0xbe;
      const edx = 0xba;
      const eax = 0xb8;
      const [syscall, ret] = [[0x0f, 0x05], 0xc3];
      return Buffer.from([move(edi, from), move(esi, to), move(edx, 0), move(eax, 292), syscall, ret].flat());
    },
  },
  arm64: {
    id: 183,
    code(from, to) {
      const move = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0;
      const [syscall, ret] = [0xd4000001, 0xd65f03c0];
      return words(4, [move(0, from), move(1, to), move(2, 0), move(8, 24), syscall, ret]);
    },
  },
};

/** Integers of so many bytes each, the least significant first. */
function words(bytes: 2 | 4 | 8, values: readonly number[]): Buffer {
  const out = Buffer.alloc(bytes * values.length);
  values.forEach((value, i) => out.writeUIntLE(value, i * bytes, Math.min(bytes, 6)));
  return out;
}

/** A shared library whose initializer is `code`; it has no symbols. */
function library({ id }: Machine, code: Buffer): Buffer {
  const [LOAD, DYNAMIC, STACK] = [1, 2, 0x6474e551];
  const [READ, WRITE, EXECUTE] = [4, 2, 1];
  const segments = 4;
  const start = 64 + segments * 56;
  // a table of one symbol that has no name, its hash table, and the (empty) name
  const symbols = start + code.length + (-code.length & 7);
  const hash = symbols + 24;
  const names = hash + 16;
  const end = names + 1;
  const [HASH, STRTAB, SYMTAB, STRSZ, SYMENT, INIT, NULL] = [4, 5, 6, 10, 11, 12, 0];
  const dynamic = words(
    8,
    [
      [HASH, hash],
      [STRTAB, names],
      [SYMTAB, symbols],
      [STRSZ, 1],
      [SYMENT, 24],
      [INIT, start],
      [NULL, 0],
    ].flat(),
  );
  const segment = (type: number, flags: number, offset: number, size: number, align: number): Buffer =>
    Buffer.concat([words(4, [type, flags]), words(8, [offset, offset, offset, size, size, align])]);
  const file = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    words(2, [3, id]),
    words(4, [1]),
    words(8, [0, 64, 0]),
    words(4, [0]),
    words(2, [64, 56, segments, 64, 0, 0]),
    segment(LOAD, READ | EXECUTE, 0, end, PAGE),
    segment(LOAD, READ | WRITE, PAGE, dynamic.length, PAGE),
    segment(DYNAMIC, READ | WRITE, PAGE, dynamic.length, 8),
    // without this one the stacks of all threads would become executable
    segment(STACK, READ | WRITE, 0, 0, 16),
    code,
    Buffer.alloc(symbols - start - code.length + 24),
    words(4, [1, 1, 0, 0]),
  ]);
  return Buffer.concat([file, Buffer.alloc(PAGE - file.length), dynamic]);
}

/** An open file that has no name any more, so that it is gone when the process is, however that ends. */
export function openNameless(flags = 'w+'): number {
  const folder = mkdtempSync(join(tmpdir(), 'nat-webgpu-'));
  try {
    return openSync(join(folder, 'nameless'), flags, 0o700);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copying of descriptors made ready: when it runs, nothing has to be written any more. */
export interface Copying {
  run(): void;
  close(): void;
}

/** Undefined on other processors. On Linux only. */
export function prepareCopying(from: number, to: number): Copying | undefined {
  const machine = MACHINES[process.arch];
  if (!machine || Math.max(from, to) > 0xffff) return undefined;
  const file = openNameless();
  writeSync(file, library(machine, machine.code(from, to)));
  return {
    run() {
      try {
        process.dlopen({ exports: {} }, `/proc/self/fd/${file}`);
      } catch {
        // always: it is no add-on, and Node closes it again; sameFile() tells whether its initializer has run
      }
    },
    close: () => closeSync(file),
  };
}

/** Whether two descriptors lead to the same file, pipe, socket or terminal. */
export function sameFile(a: number, b: number): boolean {
  const [x, y] = [fstatSync(a), fstatSync(b)];
  return x.dev === y.dev && x.ino === y.ino;
}
