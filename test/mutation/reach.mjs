// Which tests a file can make fail: those whose bundles have it in them, or, for a kernel, code that names it.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./tree.mjs').Run} Run */
/** @typedef {{ inputs: Record<string, { imports: { path: string }[] }>, outputs: Record<string, { entryPoint?: string, inputs: object }> }} Metafile */

/** Tests with one of these run the program or a page, which are not mutated, or what is not there everywhere. */
const OUTSIDE =
  /^test\/support\/(program|browser|build_page|installed_package|packaged_browser|python|onnxruntime)\.ts$/;

/** Modules of ops whose names in the registry are not their own -> what these have in common. */
const OP_NAMES = { lstm_cell: 'lstm', unary: 'lu' };

/** Files that a test leads to at most: those of whole runs are slow, and seldom the first to notice. */
const MOST_FILES = 150;

/** Test files that are not run: they read texts of the repository, which a mutant changes. */
const OF_TEXTS = new Set(['structure', 'docs', 'package', 'api_docs', 'examples', 'supply_chain']);

const filesUnder = (/** @type {string} */ folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));

/** All files that each of the entries leads to. */
function closure(/** @type {Metafile['inputs']} */ inputs, /** @type {string} */ entry) {
  const found = new Set([entry]);
  for (const file of found) for (const { path } of inputs[file]?.imports ?? []) found.add(path);
  return found;
}

/** Kernels and what they include -> files of src/ that name a kernel which comes to include it. */
function kernelUsers(/** @type {string} */ root, /** @type {string[]} */ sources) {
  const texts = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const shaders = filesUnder(join(root, 'shaders')).filter((file) => file.endsWith('.wgsl'));
  /** @type {Map<string, Set<string>>} */
  const users = new Map();
  for (const kernel of shaders.filter((file) => !file.split('/').includes('lib'))) {
    const name = kernel.slice(kernel.lastIndexOf('/') + 1, -'.wgsl'.length);
    const named = sources.filter((file) => texts.get(file)?.includes(`'${name}'`));
    // a name that is put together: any op may be the one
    const naming = named.length > 0 ? named : ['src/ops/index.ts'];
    const parts = new Set([kernel]);
    for (const part of parts) {
      const text = readFileSync(join(root, 'shaders', part), 'utf8');
      for (const [, included = ''] of text.matchAll(/^\s*\/\/#include "(.*)"/gm)) parts.add(included);
    }
    for (const part of parts) {
      const file = `shaders/${part}`;
      users.set(file, new Set([...(users.get(file) ?? []), ...naming]));
    }
  }
  return users;
}

/**
 * @param {string} root of the repository
 * @param {Metafile} metafile of all tests
 * @returns {{ runs: Run[], reaching(file: string): Run[], sizeOf(run: Run): number }}
 *   every run of a test, those that a file can make fail, and how many files can make a run fail
 */
export function testReach(root, { inputs }) {
  /** @type {{ run: Run, files: Set<string> }[]} */
  const reach = [];
  for (const file of Object.keys(inputs).sort()) {
    const name = /^test\/(\w+)\.test\.ts$/.exec(file)?.[1];
    if (name === undefined || OF_TEXTS.has(name)) continue;
    const files = closure(inputs, file);
    if (files.size > MOST_FILES || [...files].some((path) => OUTSIDE.test(path))) continue;
    if (name !== 'ops') reach.push({ run: { name }, files });
  }
  // what checks all ops leads to some of them for the sake of their kind
  const harness = [...closure(inputs, 'test/support/op_harness.ts')].filter((file) =>
    file.startsWith('src/core/'),
  );
  for (const { path } of inputs['src/ops/index.ts']?.imports ?? []) {
    const module = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
    const op = OP_NAMES[/** @type {keyof typeof OP_NAMES} */ (module)] ?? module.replaceAll('_', '');
    reach.push({ run: { name: 'ops', op }, files: new Set([...closure(inputs, path), ...harness]) });
  }
  const sources = Object.keys(inputs).filter((file) => file.startsWith('src/'));
  const kernels = kernelUsers(root, sources);
  return {
    runs: reach.map(({ run }) => run),
    sizeOf: (run) => reach.find((other) => other.run === run)?.files.size ?? Infinity,
    reaching(file) {
      const wanted = kernels.get(file) ?? new Set([file]);
      return reach.filter(({ files }) => [...wanted].some((path) => files.has(path))).map(({ run }) => run);
    },
  };
}
