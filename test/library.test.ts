// The library from its bundle, as its users run it: in Node, and in Deno, whose WebGPU and WGSL compiler are others.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missing } from './support/missing.ts';
import { near } from './support/near.ts';
import { repositoryRoot } from './support/repository.ts';

interface Printed {
  readonly runtime: string;
  readonly kind: string;
  /** Of the table of NAS-Bench-201. */
  readonly cells: number;
  readonly losses: readonly number[];
  readonly weights: readonly number[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, repositoryRoot));

/** Runs test/support/library_program.mjs. */
function run(program: string, flags: readonly string[], adapter = ''): Printed {
  const index = new URL('dist/index.js', repositoryRoot).href;
  const args = [...flags, pathOf('test/support/library_program.mjs'), index, adapter];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test('the bundle imports nothing of Node when it is loaded', () => {
  const pending = ['index.js'];
  const seen = new Set(pending);
  for (const file of pending) {
    const text = readFileSync(pathOf(`dist/${file}`), 'utf8');
    for (const [, name] of text.matchAll(/^(?:import|export)\b[^;"]*"([^"]+)";/gm)) {
      assert.match(name!, /^\.\/[\w-]+\.js$/, `${file} imports ${name}`);
      if (!seen.has(name!.slice(2))) pending.push(name!.slice(2));
      seen.add(name!.slice(2));
    }
  }
  assert.not.ok(seen.has('node.js'));
});

test('in Node a network learns a batch by heart', () => {
  const { runtime, cells, losses } = run(process.execPath, [], process.env['NAT_ADAPTER']);
  assert.match(runtime, /^node \d/);
  assert.is(cells, 15_625);
  assert.ok(losses.at(-1)! < losses[0]! - 0.2, `losses ${losses}`);
});

test('in Deno it gives the same numbers, on llvmpipe the same bits', () => {
  const program = process.env['NAT_DENO'] ?? 'deno';
  if (spawnSync(program, ['--version']).status !== 0) {
    return missing('no Deno on this machine');
  }
  const inDeno = run(program, ['run', '--allow-all']);
  assert.match(inDeno.runtime, /^deno \d/);
  assert.is(inDeno.cells, 15_625);
  const inNode = run(process.execPath, [], inDeno.kind);
  assert.is(inNode.kind, inDeno.kind);
  if (inDeno.kind === 'llvmpipe') {
    assert.equal(inDeno.losses, inNode.losses);
    assert.equal(inDeno.weights, inNode.weights);
  }
  near(inDeno.losses, inNode.losses, 1e-4, 'losses');
  near(inDeno.weights, inNode.weights, 1e-4, 'weights');
});

test.run();
