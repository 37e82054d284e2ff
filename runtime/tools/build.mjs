// The build: bundles the program, the page, the library for pages without a bundler, the tests and the benchmarks into
// dist/, and makes the modules of the package (build_library.mjs). `node runtime/tools/build.mjs [NAME ...]` builds all that
// and, of tests and benchmarks, those whose path contains a NAME (all of them where none is given); `--program` builds the
// program alone, with what it reads.

import { chmod, cp, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildLibrary, withoutComments } from './build_library.mjs';
import { copyPage } from './page_policy.mjs';
import { expandIncludes } from './shader_include.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** Packages that are looked up when the program runs: they hold native code or large data, or few need them. */
const external = [
  ...['webgpu', '@sparticuz/chromium', '@resvg/resvg-js', 'playwright-core'],
  ...['bullmq', 'ioredis', '@bull-board/*', 'hono', '@hono/*'],
];

/** Bundled as text, so that it is there wherever the bundle is. */
const jpegDecoder = 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';

/** The kernels of some folders: the files of every folder but those called lib. Includes are looked up in all of these. */
function readShaders(/** @type {string[]} */ ...folders) {
  /** @type {(file: string) => string | undefined} */
  const read = (file) => {
    const path = folders.map((folder) => join(root, folder, file)).find(existsSync);
    return path === undefined ? undefined : readFileSync(path, 'utf8');
  };
  /** @type {Record<string, string>} */
  const shaders = {};
  /** @type {Record<string, import('./shader_include.mjs').LineSpan[]>} */
  const shaderSpans = {};
  const files = folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      : [],
  );
  const kernels = files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.wgsl') && !file.split('/').includes('lib'));
  for (const file of kernels.sort()) {
    const name = file.slice(file.lastIndexOf('/') + 1, -'.wgsl'.length);
    if (name in shaders) throw new Error(`two kernels are called ${name}: give each file a name of its own`);
    const { text, spans } = expandIncludes(file, read);
    shaders[name] = text;
    shaderSpans[name] = spans;
  }
  return { shaders, shaderSpans };
}

/** Text of a module that exports constants. */
const moduleText = (/** @type {Record<string, unknown>} */ constants) =>
  Object.entries(constants)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
    .join('');

/** @param {Record<string, Record<string, unknown>>} modules name -> exported constants */
function virtualModules(modules) {
  /** @type {import('esbuild').Plugin} */
  const plugin = {
    name: 'virtual',
    setup(setup) {
      setup.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'virtual' }));
      setup.onLoad({ filter: /.*/, namespace: 'virtual' }, ({ path }) => {
        const constants = modules[path.slice('virtual:'.length)];
        if (!constants) return { errors: [{ text: `no virtual module '${path}'` }] };
        return { contents: moduleText(constants) };
      });
    },
  };
  return plugin;
}

/** Files under `folder` whose name ends in `ending`, as paths relative to the repository, sorted. */
async function findFiles(/** @type {string} */ folder, /** @type {string} */ ending) {
  if (!existsSync(join(root, folder))) return [];
  const files = await readdir(join(root, folder), { recursive: true });
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();
}

/** Removes built tests and benchmarks whose source is gone, so that they do not run any more. */
async function removeStale(/** @type {string} */ folder, /** @type {string[]} */ sources) {
  const expected = new Set(sources.map((source) => source.replace(/\.ts$/, '.js')));
  for (const file of await findFiles(`dist/${folder}`, '.js')) {
    if (!expected.has(file.slice('dist/'.length))) await rm(join(root, file), { force: true });
  }
}

/** What every bundle is built with, and by which kernels it is; what the package's modules are built with. */
async function commonOptions() {
  const { version, dependencies } = manifest;
  const wasm = await readFile(join(root, jpegDecoder), 'base64');
  const constants = (/** @type {string} */ assets) => ({
    package: { version, dependencies, assets },
    jpeg_decoder: { wasm },
  });
  const modules = (/** @type {ReturnType<typeof readShaders>} */ shaders) =>
    virtualModules({ shaders, ...constants('.') });
  const kernels = readShaders('shaders');
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [modules(kernels)],
  };
  // from dist/lib/runtime/host/node to dist
  const texts = Object.entries(constants('../../../..')).map(([name, values]) => [name, moduleText(values)]);
  return { common, modules, kernels, library: Object.fromEntries(texts) };
}

/**
 * Builds the program and puts beside it what it reads.
 * @param {import('esbuild').BuildOptions} common
 */
async function buildProgram(common) {
  const program = join(root, 'dist/nat.js');
  await mkdir(join(root, 'dist'), { recursive: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: ['src/cli/main.ts'],
      outfile: 'dist/nat.js',
      external,
      banner: { js: '#!/usr/bin/env node' },
    }),
    build({ ...common, entryPoints: ['src/cli/decode_worker.ts'], outfile: 'dist/decode_worker.js' }),
    build({ ...common, entryPoints: ['src/cli/job_process.ts'], outfile: 'dist/job_process.js', external }),
    cp(join(root, 'src/data/sample'), join(root, 'dist/sample'), { recursive: true }),
    cp(join(root, 'src/benchmark/nasbench201'), join(root, 'dist/nasbench201'), { recursive: true }),
  ]);
  await chmod(program, 0o755);
}

/** How tests are built: they also know the kernels that measure an adapter's limits, as benchmarks do. */
function testOptions(/** @type {Awaited<ReturnType<typeof commonOptions>>} */ { common, modules }) {
  /** @type {import('esbuild').BuildOptions} */
  const options = { ...common, outbase: '.', outdir: 'dist', packages: 'external' };
  return { ...options, plugins: [modules(readShaders('shaders', 'bench/shaders'))] };
}

/**
 * Builds some test files and nothing else.
 * @param {string[]} names of the files, without `.test.ts`
 */
export async function buildTests(names) {
  const entryPoints = names.map((name) => `test/${name}.test.ts`);
  const options = {
    ...testOptions(await commonOptions()),
    entryPoints,
    metafile: /** @type {const} */ (true),
  };
  return (await build(options)).metafile;
}

/** What the page reads from beside its scripts. */
const PAGE_ASSETS = { sample: 'src/data/sample', nasbench201: 'src/benchmark/nasbench201' };

/**
 * Builds dist/page, a folder that any web server can hand out under any path. What the page and its worker share, and what
 * only some data needs, are scripts of their own.
 * @param {Awaited<ReturnType<typeof commonOptions>>} options
 */
async function buildPage({ common, modules, kernels }) {
  const out = join(root, 'dist/page');
  const bare = (/** @type {ReturnType<typeof readShaders>} */ { shaders, shaderSpans }) => ({
    shaders: Object.fromEntries(Object.entries(shaders).map(([name, text]) => [name, withoutComments(text)])),
    shaderSpans,
  });
  /** @type {import('esbuild').BuildOptions} */
  const small = {
    ...common,
    platform: 'browser',
    minify: true,
    splitting: true,
    metafile: true,
    chunkNames: 'part-[hash]',
    outdir: 'dist/page',
    plugins: [modules(bare(kernels))],
  };
  const [scripts, benchmarks] = await Promise.all([
    build({
      ...small,
      entryPoints: {
        page: 'src/app/ui/main.ts',
        worker: 'src/app/worker/main.ts',
        style: 'src/app/ui/style.css',
      },
    }),
    build({
      ...small,
      plugins: [modules(bare(readShaders('shaders', 'bench/shaders')))],
      entryPoints: { bench_worker: 'bench/worker.ts' },
    }),
    copyPage(join(root, 'src/app/ui/index.html'), join(out, 'index.html')),
    ...Object.entries(PAGE_ASSETS).map(([name, path]) =>
      cp(join(root, path), join(out, name), { recursive: true }),
    ),
  ]);
  // parts of earlier builds; what is still used stays, for whoever has the page open
  const outputs = [scripts, benchmarks].flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {}));
  for (const file of await findFiles('dist/page', '')) {
    const isScript = /^dist\/page\/[^/]+\.(?:js|css|map)$/.test(file);
    if (isScript && !outputs.includes(file)) await rm(join(root, file), { force: true });
  }
}

/**
 * Builds everything.
 * @param {string[]} names build only the tests and benchmarks whose path contains one of these, if there are any
 * @returns {Promise<string>} what was built, in a few words
 */
async function buildAll(names) {
  const wanted = (/** @type {string} */ path) =>
    names.length === 0 || names.some((name) => path.includes(name));
  const tests = await findFiles('test', '.test.ts');
  const pages = await findFiles('test', '.page.ts');
  const benches = ['bench/main.ts'];
  const options = await commonOptions();
  const { common, kernels, library } = options;
  const forTests = testOptions(options);
  const many = (/** @type {string[]} */ entryPoints, /** @type {object} */ options) => {
    const chosen = entryPoints.filter(wanted);
    return chosen.length > 0
      ? [build({ ...common, entryPoints: chosen, outbase: '.', outdir: 'dist', ...options })]
      : [];
  };

  await Promise.all([
    buildProgram(common),
    buildLibrary(kernels, library),
    buildPage(options),
    build({ ...common, entryPoints: ['src/browser.ts'], outfile: 'dist/browser.js', platform: 'browser' }),
    ...many([...tests, ...benches], forTests),
    ...many(pages, { platform: 'browser' }),
    removeStale('test', [...tests, ...pages]),
    removeStale('bench', benches),
  ]);

  const count = (/** @type {string[]} */ list) => list.filter(wanted).length;
  return (
    `program, library, page, ${count(tests)} tests, ` +
    `${count(benches)} benchmark programs, ${Object.keys(kernels.shaders).length} shaders`
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  try {
    const names = process.argv.slice(2);
    let what = 'the program';
    if (names[0] === '--program') await buildProgram((await commonOptions()).common);
    else what = await buildAll(names);
    console.log(`built ${what} in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  } catch (error) {
    // esbuild has printed its own messages with file and line
    const known = /** @type {{ errors?: unknown[] }} */ (error).errors;
    if (!known) console.error(`build: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
