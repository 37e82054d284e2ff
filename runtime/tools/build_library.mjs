// The modules of the package, dist/lib: every source that the library's entries reach, as a .js and a .d.ts of its own,
// so that a bundler takes what a program uses and leaves the rest. So it is with kernels, too: each is a module that
// puts its text into the table of kernels, and a module whose code names a kernel, as 'conv2d', imports it.

import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'dist/lib');

/**
 * @typedef {object} Kernels
 * @property {Readonly<Record<string, string>>} shaders
 * @property {Readonly<Record<string, readonly unknown[]>>} shaderSpans
 */

/**
 * Builds dist/lib. Types are made, not checked: `npm run typecheck` does that.
 * @param {Kernels} kernels
 * @param {Readonly<Record<string, string>>} virtual name -> text of every other module that the build makes
 */
export async function buildLibrary({ shaders, shaderSpans }, virtual) {
  await rm(out, { recursive: true, force: true });
  await runCompiler();
  const emitted = (await readdir(out, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
  const kernels = new Set(Object.keys(shaders));
  const sources = emitted.filter((path) => path.endsWith('.js') || path.endsWith('.d.ts'));
  await Promise.all([
    ...sources.map((path) => finish(path, kernels)),
    ...Object.entries(virtual).map(([name, text]) => write(`virtual/${name}.js`, text)),
    write('virtual/shaders.js', 'export const shaders = {};\nexport const shaderSpans = {};\n'),
    ...[...kernels].map((name) => {
      const text = [
        `import { shaders, shaderSpans } from '../virtual/shaders.js';`,
        `shaders[${JSON.stringify(name)}] = ${JSON.stringify(withoutComments(shaders[name] ?? ''))};`,
        `shaderSpans[${JSON.stringify(name)}] = ${JSON.stringify(shaderSpans[name])};`,
      ];
      return write(`shaders/${name}.js`, `${text.join('\n')}\n`);
    }),
  ]);
}

/** @returns {Promise<void>} */
function runCompiler() {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.library.json')];
  const compiler = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let complaints = '';
  compiler.stdout.on('data', (/** @type {Buffer} */ data) => (complaints += data));
  return new Promise((resolve, reject) => {
    compiler.on('close', (code) => (code === 0 ? resolve() : reject(new Error(complaints.trim()))));
  });
}

/** Gives a compiled module the paths that its imports have now, and the kernels that it names. */
async function finish(/** @type {string} */ path, /** @type {ReadonlySet<string>} */ kernels) {
  const text = await readFile(join(out, path), 'utf8');
  const to = (/** @type {string} */ target) => {
    const relative = posix.relative(posix.dirname(path), target);
    return relative.startsWith('.') ? relative : `./${relative}`;
  };
  const resolved = text
    .replace(/\bfrom 'virtual:(\w+)'/g, (_, name) => `from '${to(`virtual/${name}.js`)}'`)
    // the compiler does so in .js alone
    .replace(/(\bfrom |\bimport\()(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2');
  const named = path.endsWith('.js')
    ? [...new Set([...text.matchAll(/'(\w+)'/g)].map(([, name = '']) => name))].filter((name) =>
        kernels.has(name),
      )
    : [];
  const imports = named.map((name) => `import '${to(`shaders/${name}.js`)}';\n`);
  await writeFile(join(out, path), resolved + imports.join(''));
}

/** A kernel's text without its comments and indentation: lines keep their numbers, which errors name. */
export const withoutComments = (/** @type {string} */ wgsl) =>
  wgsl.replace(/\/\/.*$/gm, '').replace(/^[ \t]+|[ \t]+$/gm, '');

async function write(/** @type {string} */ path, /** @type {string} */ text) {
  await mkdir(dirname(join(out, path)), { recursive: true });
  await writeFile(join(out, path), text);
}
