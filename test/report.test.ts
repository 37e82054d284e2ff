// Reports: one page for every kind of run, made of what its folder holds, that asks for nothing and runs nothing.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { genotypeToJson } from '../src/arch/genotype_file.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { markdownTables } from '../src/report/experiment.ts';
import { reportOf } from '../src/report/report.ts';
import { withBrowser } from './support/browser.ts';
import { memoryFiles } from './support/memory_files.ts';
import { elementsOf } from './support/xml.ts';

const VOID = ['meta', 'rect', 'circle', 'path', 'line'];

/** Well-formed, self-contained, and its policy allows its style sheet alone. */
function checkPage(page: string): void {
  const open: string[] = [];
  for (const [, end, name, empty] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?: [\w-]+(?:="[^"]*")?)*(\/?)>/g,
  )) {
    if (end) assert.is(open.pop(), name);
    else if (!empty && !VOID.includes(name!)) open.push(name!);
  }
  assert.equal(open, []);
  assert.not.match(page, /<script|<link|<img|<iframe| style=| on\w+="|src=|href=|https?:|url\(|@import/);
  const [, styles] = /<style>([^]*?)<\/style>/.exec(page)!;
  const digest = createHash('sha256').update(styles!).digest('base64');
  assert.match(page, `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
  assert.is([...page.matchAll(/<style/g)].length, 1);
  assert.is([...page.matchAll(/<h1>/g)].length, 1);
}

type Contents = Readonly<Record<string, object | string>>;

async function folder(dir: string, contents: Contents) {
  const files = memoryFiles();
  for (const [name, content] of Object.entries(contents)) {
    const path = `${dir}/${name}`;
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    await files.writeAtomic(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return files;
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const HOSTILE = '</style><script>alert("x")</script> & <b>';
const [before, after] = ['DARTS', 'NAT_DARTS'].map((name) => genotypeToJson(requireCell(name)));

const DERIVATION = {
  input: { ...before, name: HOSTILE },
  output: after,
  accuracy: {
    selection: { before: 0.5, after: 0.625, images: 256 },
    test: { before: 0.4375, after: 0.375, images: 512 },
  },
  params: { before: 3_349_342, after: 2_661_058 },
  madds: { before: 528_360_000, after: 421_530_000 },
  candidates: [before, after].map((cells, i) => ({
    ...{ normal: cells!.normal, reduce: cells!.reduce },
    ...{ accuracy: 0.5 + i / 8, params: 3e6, madds: 5e8 },
  })),
};

const TRAINING = {
  'config.json': {
    ...{ setting: 'cifar10', channels: 4, layers: 3, imageSize: 32, auxiliary: 0, lr: 0.025 },
    blueprint: { name: HOSTILE, network: null, genotype: before },
  },
  'environment.json': { adapter: { name: HOSTILE }, runtime: 'node' },
  'metrics.jsonl': lines([
    { epoch: 0, phase: 'train', step: 2, loss: 2.5, top1: 0.125 },
    { epoch: 0, phase: 'train', step: 4, loss: 2.25, top1: 0.25 },
    { epoch: 0, phase: 'test', images: 250, loss: 2, top1: 0.5 },
    { epoch: 1, phase: 'test', images: 250, loss: 1.75, top1: 0.625 },
  ]),
  'result.json': { parameters: 2858, steps: 24, test: { images: 250, top1: 0.625, loss: 1.75 } },
};

test('a training: figures, curves of both phases in one chart, cells, network, settings, the digest of its metrics', async () => {
  const page = await reportOf(await folder('runs/a', TRAINING), 'runs/a');
  checkPage(page);
  assert.match(page, '<b>62.50%</b><span>top-1 accuracy, test images</span>');
  assert.match(page, '<b>2,858</b>');
  const [loss] = page.match(/aria-label="loss"[^]*?<\/figure>/)!;
  assert.match(loss, '>train</text>');
  assert.match(loss, '>test</text>');
  assert.is(elementsOf(page, 'g').filter((group) => group.has('data-edge')).length, 16);
  assert.match(page, '<dt>lr</dt><dd>0.025</dd>');
  assert.match(page, createHash('sha256').update(TRAINING['metrics.jsonl']).digest('hex'));
});

test('a main job: what it made of the architecture, candidates with the chosen one, accuracies and costs', async () => {
  const files = await folder('runs/q', {
    'config.json': { seed: 1 },
    'metrics.jsonl': '',
    'derived.json': DERIVATION,
  });
  const page = await reportOf(files, 'runs/q');
  checkPage(page);
  assert.match(page, 'became skip connection');
  assert.is([...page.matchAll(/data-side="(?:before|after)"/g)].length, 4);
  assert.match(page, /<tr class="marked"><th scope="row">2, chosen<\/th><td[^>]*>62\.50%/);
  assert.match(
    page,
    /accuracy on 512 test images<\/th><td class="number">43\.75%<\/td><td class="number">37\.50%/,
  );
  assert.match(page, /parameters<\/th><td class="number">3\.35 M<\/td><td class="number">2\.66 M/);
  // nothing said that it is over
  assert.match(page, '<b>not finished</b>');
  assert.not.match(page, '<b>alert');
});

test('a transformation alone, as nat derive --json prints it', async () => {
  const page = await reportOf(await folder('d', { 'x.json': DERIVATION }), 'd/x.json');
  checkPage(page);
  assert.match(page, '<p class="kind">Transformation</p>');
  assert.match(page, '2, chosen');
});

test('an experiment: its table, all transformations, curves as means over its runs', async () => {
  const search = (loss: number) => lines([0, 1].map((epoch) => ({ epoch, phase: 'weights', step: 2, loss })));
  const files = await folder('e', {
    'experiment.json': { name: 'small | grid', description: HOSTILE, seeds: [1, 2] },
    'table.md': '# small\n\n| method | top-1 (%) |\n| --- | ---: |\n| a \\| b | 93.50 |\n',
    'derivations/one_two-seed1.json': DERIVATION,
    ...Object.fromEntries(
      [1, 3].flatMap((loss) => [
        [`searches/s${loss}/config.json`, {}],
        [`searches/s${loss}/metrics.jsonl`, search(loss)],
      ]),
    ),
  });
  const page = await reportOf(files, 'e');
  checkPage(page);
  assert.match(page, /<th scope="row">a \| b<\/th><td class="number">93\.50<\/td>/);
  assert.match(page, '<summary>one two-seed1</summary>');
  // of losses 1 and 3: the mean
  assert.match(page, 'weights, 2 runs: from 2 to 2, between 2 and 2.');
  assert.match(page, 'class="nat-band"');
});

test('a benchmark: every method with its mean over seeds, the best one emphasised', async () => {
  const figures = (gain: number) => ({ figures: { gain, worse: 0.25, topGain: -gain } });
  const files = await folder('b', {
    'config.json': { benchmark: 'nasbench201', table: 'cifar10', digest: 'x' },
    'random.1.json': figures(-3),
    'random.2.json': figures(-1),
    'policy.directed.1.json': figures(4.5),
  });
  const page = await reportOf(files, 'b');
  checkPage(page);
  // Student's quantile of one degree of freedom is 12.706: -2 plus or minus 12.706 * 1
  assert.match(page, '<th scope="row">random</th><td class="number">−2.00 [−14.71, +10.71]</td>');
  assert.match(
    page,
    /<tr class="marked"><th scope="row">policy\.directed<\/th><td class="number">\+4\.50<\/td>/,
  );
});

test('pipe tables of Markdown, and what is no run', async () => {
  const [first, second, ...none] = markdownTables(
    'text\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n| c |\n| --- |\n| 3 |\n',
  );
  assert.match(first!, '<tr><th scope="row">1</th><td class="number">2</td></tr>');
  assert.match(second!, '<th scope="col">c</th>');
  assert.equal(none, []);
  try {
    await reportOf(memoryFiles(), 'nowhere');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /nowhere: no run; expected a run folder/);
  }
});

test('in a browser: no request, no complaint of the policy, no sideways scrolling on a phone, keyboard reaches pictures', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'nat-report-'));
  try {
    const page = await reportOf(
      await folder('runs/a', { ...TRAINING, 'derived.json': DERIVATION }),
      'runs/a',
    );
    writeFileSync(join(dir, 'index.html'), page);
    await withBrowser(async ({ page: shown, complaints }) => {
      const requests: string[] = [];
      shown.on('request', (request) => requests.push(request.url()));
      await shown.reload();
      for (const width of [320, 1100]) {
        await shown.setViewportSize({ width, height: 700 });
        const excess = await shown.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok((excess as number) <= 0, `${String(excess)} pixels too wide at ${width}`);
      }
      const color = await shown.evaluate("getComputedStyle(document.querySelector('.nat-node circle')).fill");
      assert.is.not(color, 'rgb(0, 0, 0)', 'the styles of pictures apply');
      assert.equal(
        requests.filter((url) => !/\/(?:index\.html|favicon\.ico)?$/.test(url)),
        [],
      );
      assert.equal(
        complaints.filter((text) => !text.includes('favicon')),
        [],
      );
    }, dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
