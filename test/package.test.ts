// The package as others see it: its types in an empty project under every way to resolve them, what the tools that judge
// packages say, and what a bundler keeps of it.
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installPackage } from './support/installed_package.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const { project, tarball } = installPackage();
const tool = (path: string): string => fileURLToPath(new URL(`node_modules/${path}`, repositoryRoot));

/** Every entry's names are used as a value or a type, so that the compiler looks at every declaration behind them. */
const PROGRAM = `
import * as engineEntry from 'nat-webgpu/engine';
import * as zoo from 'nat-webgpu/zoo';
import * as nat from 'nat-webgpu';
import { conv, dense, evaluate, fit, globalPool, network, norm, relu, sequence } from 'nat-webgpu/engine';

using engine: nat.Device = await nat.openEngine({ name: 'llvmpipe' });
const small = network([3, 32, 32], sequence(conv(8), norm(), relu(), globalPool(), dense(10)));
const images = { images: new Uint8Array(3072 * 4), labels: [0, 1, 2, 3] };
const { model } = await fit({ engine, network: small, images, epochs: 1 });
const { top1 }: { top1: number } = await evaluate(model, images);
const genotype: zoo.Genotype = zoo.requireCell('DARTS');
const tape: nat.Tape = new engineEntry.Tape({ engine, activations: nat.directAllocator(engine), scratch: nat.directAllocator(engine) });
export const x: engineEntry.Tensor = tape.apply(nat.ops.relu, { x: nat.upload(engine, 'x', [1], Float32Array.of(top1)) });
export { genotype };
// @ts-expect-error a batch has no such name
void fit({ engine, network: small, images, epochs: 1, bach: 3 });
// @ts-expect-error matrices have no channels
tape.apply(nat.ops.linear, { x, weight: x });
`;

for (const [module, moduleResolution] of [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`package: types hold in an empty project, resolution ${moduleResolution}`, () => {
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      // neither those of the DOM, of Node nor of WebGPU
      ...{ target: 'es2022', lib: ['es2022'], types: [], module, moduleResolution },
    };
    writeFileSync(join(project, 'use.ts'), PROGRAM);
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const { stdout } = spawnSync(process.execPath, [tool('typescript/bin/tsc'), '-p', project], {
      encoding: 'utf8',
    });
    assert.is(stdout, '');
  });
}

test('package: publint and Are the types wrong? find nothing', () => {
  const run = (path: string, args: readonly string[]) => {
    const options = { encoding: 'utf8', cwd: project, env: { ...process.env, NO_COLOR: '1' } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [tool(path), ...args], options);
    assert.is(status, 0, stdout + stderr);
  };
  run('publint/src/cli.js', ['run', tarball, '--strict']);
  // that CommonJS and TypeScript's oldest resolution find nothing is meant so
  run('@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only', '--no-definitely-typed']);
});

test('package: it is not larger than docs/library.md says', () => {
  const megabytes = 6;
  assert.ok(statSync(tarball).size <= megabytes * 1e6, `${statSync(tarball).size} bytes`);
  const guide = new TextDecoder().decode(readRepositoryFile('docs/library.md'));
  assert.match(guide, new RegExp(`The package itself is at most ${megabytes} MB`));
});

test('package: types come first, then hosts from the narrowest, and every file is there', () => {
  const manifest = JSON.parse(new TextDecoder().decode(readRepositoryFile('package.json')));
  const entries = Object.entries(manifest.exports as Record<string, string | Record<string, string>>);
  const packed = new Set(
    execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .split('\n')
      .map((path) => path.replace(/^package\//, './')),
  );
  for (const [entry, targets] of entries) {
    if (typeof targets === 'string') assert.ok(packed.has(targets), targets);
    else {
      const order = ['types', 'node', 'deno', 'browser', 'default'];
      const conditions = Object.keys(targets);
      assert.equal(
        conditions,
        order.filter((name) => name in targets),
        entry,
      );
      for (const path of Object.values(targets)) assert.ok(packed.has(path), path);
    }
  }
});

interface Bundle {
  readonly what: string;
  readonly code: string;
  /** As docs/library.md has it, in units of 1000 bytes. */
  readonly kilobytes: number;
  readonly kernels: number;
}

const ownNetwork = (layers: string): string =>
  `import { fit, network, openEngine, ${layers} } from 'nat-webgpu/engine';
   console.log(fit, network, openEngine, ${layers});`;

/** Upper bounds, minified. What is above by more than a change explains has lost what lets a bundler leave things out. */
const BUNDLES: readonly Bundle[] = [
  {
    what: '`parseGenotype`',
    code: `import { parseGenotype } from 'nat-webgpu/zoo'; console.log(parseGenotype);`,
    ...{ kilobytes: 6, kernels: 0 },
  },
  {
    what: '`openEngine`, tensors and a tape, no op',
    code: `import { download, openEngine, Tape, upload } from 'nat-webgpu/engine';
           console.log(download, openEngine, Tape, upload);`,
    ...{ kilobytes: 30, kernels: 3 },
  },
  {
    what: '`fit`, a network of dense layers',
    code: ownNetwork('dense, flatten, relu, sequence'),
    ...{ kilobytes: 160, kernels: 25 },
  },
  {
    what: '`fit`, a convolutional network',
    code: ownNetwork('conv, dense, globalPool, maxPool, norm, relu, sequence'),
    ...{ kilobytes: 485, kernels: 70 },
  },
  {
    what: 'all of `nat-webgpu`',
    code: `export * from 'nat-webgpu';`,
    ...{ kilobytes: 1250, kernels: 120 },
  },
];

for (const { what, code, kilobytes, kernels } of BUNDLES) {
  test(`package: a bundle of ${what} has at most ${kilobytes} kB and ${kernels} kernels`, async () => {
    const { metafile } = await build({
      stdin: { contents: code, resolveDir: project },
      ...{ bundle: true, minify: true, format: 'esm', write: false, metafile: true, logLevel: 'warning' },
    });
    const [output] = Object.values(metafile.outputs);
    const inputs = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const found = inputs.filter(([path]) => path.includes('/dist/lib/shaders/')).length;
    assert.ok(output!.bytes <= 1000 * kilobytes, `${output!.bytes} bytes`);
    assert.ok(found <= kernels, `${found} kernels`);
  });
}

test('package: docs/library.md states these sizes', () => {
  const guide = new TextDecoder().decode(readRepositoryFile('docs/library.md'));
  for (const { what, kilobytes } of BUNDLES) assert.ok(guide.includes(`| ${what} | ${kilobytes} kB |`), what);
});

test('package: a kernel in it has the lines that errors name, without comments', async () => {
  const { shaderText } = await import('../runtime/engine/shader_source.ts');
  const path = join(project, 'node_modules/nat-webgpu/dist/lib/virtual/shaders.js');
  const { shaders } = (await import(path)) as { shaders: Record<string, string> };
  await import(join(project, 'node_modules/nat-webgpu/dist/lib/shaders/conv2d_3x3.js'));
  const [packed, source] = [shaders['conv2d_3x3']!, shaderText('conv2d_3x3')].map((text) => text.split('\n'));
  assert.is(packed!.length, source!.length);
  const plain = (line: string): string => line.replace(/\/\/.*/, '').trim();
  assert.equal(packed, source!.map(plain));
});

test.run();
