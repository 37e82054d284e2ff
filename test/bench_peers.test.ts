// bench:peers: medians, ratios, table and picture from made-up times; and that every program knows every benchmark.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overRounds, PEERS } from '../bench/peers/measure_peers.ts';
import { BENCHMARKS, sizesFor } from '../bench/peers/ours.ts';
import { formatPeers, OURS, type PeersResult, rowsOf } from '../bench/peers/report.ts';
import { peersSvg } from '../bench/plot/peers.ts';
import { readRepositoryFile } from './support/repository.ts';

const times = (...ms: number[]) => ms.map((each) => ({ max_pool_forward: { ms: each } }));
const LACKS = { max_pool_forward: { why: 'no pooling' } };

const result: PeersResult = {
  format: 'nat-webgpu peers 1',
  date: '2020-01-02T03:04:05.000Z',
  adapter: { kind: 'llvmpipe', name: 'A & B', vendor: 'mesa', description: '' },
  runtime: 'node',
  versions: {},
  sizes: sizesFor('llvmpipe'),
  rounds: 3,
  rows: rowsOf({ [OURS]: times(4, 1, 2), slow: times(9, 8, 7), fast: times(5, 5, 99), none: [LACKS] }, [
    'max_pool_forward',
  ]),
};

test('bench:peers: the ratio is that of the medians, to the fastest peer', () => {
  assert.equal(result.rows[0]!.best, { peer: 'fast', ratio: 2.5 });
  assert.equal(result.rows[0]!.times['none'], { why: 'no pooling' });
});

test('bench:peers: without a time of ours, or of a peer, there is no ratio', () => {
  assert.is(rowsOf({ [OURS]: [LACKS], fast: times(5) }, ['max_pool_forward'])[0]!.best, null);
  assert.is(rowsOf({ [OURS]: times(5), none: [LACKS] }, ['max_pool_forward'])[0]!.best, null);
  assert.equal(overRounds([], 'chain'), { why: 'not measured' });
});

test('bench:peers: the table has a column a library, and says why a time is missing', () => {
  const text = formatPeers(result);
  assert.match(text, /^ms +nat-webgpu +slow +fast +none +ratio to the best peer$/m);
  assert.match(text, /^max pool 3x3 +2\.00 +8\.00 +5\.00 +n\/a +2\.50x fast$/m);
  assert.match(text, /^n\/a: none, max pool 3x3: no pooling$/m);
});

test('bench:peers: the picture has a bar for every time, as long as it is slow', () => {
  const svg = peersSvg(result);
  const bars = [...svg.matchAll(/<rect x="250" y="[\d.]+" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  assert.is(bars.length, 3);
  const [ours, slow, fast] = bars as [number, number, number];
  assert.ok(Math.abs(slow / ours - 4) < 0.01 && Math.abs(fast / ours - 2.5) < 0.01, bars.join(' '));
  assert.match(svg, /A &#38; B/);
});

test('bench:peers: every program measures every benchmark, or says what it lacks', () => {
  for (const { program } of PEERS) {
    const text = new TextDecoder().decode(readRepositoryFile(`bench/peers/${program}`));
    const suite = text.slice(text.indexOf('await runSuite({'));
    const names = [...suite.matchAll(/^ {2}(?:async )?(\w+)(?:\(\) \{|:)/gm)].map(([, name]) => name);
    assert.equal(names.toSorted(), [...BENCHMARKS].sort(), program);
  }
});

test.run();
