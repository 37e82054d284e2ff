// Node and a browser on the same SwiftShader library: every op, and every number that a search leaves behind, has the
// same bits in both.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import type * as browserModule from '../src/browser.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import { parseSafetensors } from '../src/io/safetensors.ts';
import type { SearchConfig } from '../src/search/config.ts';
import type * as fitPage from './fit_digest.page.ts';
import type * as opsPage from './op_digests.page.ts';
import { type TestBrowser, withBrowser } from './support/browser.ts';
import { engineLike } from './support/engine_like.ts';
import { fitDigest } from './support/fit_digest.ts';
import { opDigests } from './support/op_digests.ts';
import { runSmall, RUN, sample, TINY } from './support/search_run.ts';
import { TINY_ARCHITECTURE } from './support/tiny_architecture.ts';

const CONFIG: SearchConfig = { ...TINY, epochs: 1, maxSteps: 6 };

interface Run {
  readonly adapter: readonly string[];
  /** Contents by path; binary ones in base64. */
  readonly files: ReadonlyMap<string, string>;
  readonly probabilities: readonly number[];
  readonly accuracy: readonly number[];
}

const TEXTS = ['config.json', 'metrics.jsonl', 'result.json'];
const TENSORS = ['weights.safetensors', 'policy.safetensors'];

async function runInPage({ page }: TestBrowser): Promise<Run> {
  const job = { config: CONFIG, dir: RUN, arch: TINY_ARCHITECTURE, names: [...TEXTS, ...TENSORS] };
  const { contents, ...rest } = await page.evaluate(async ({ config, dir, arch, names }) => {
    const url = new URL('browser.js', location.href).href;
    const nat = (await import(url)) as typeof browserModule;
    const engine = await nat.openEngine();
    const platform = await nat.hostPlatform();
    const data = await nat.loadImages(platform, 'sample');
    const files = nat.memoryFiles();
    await nat.searchIntoFolder(engine, {
      config,
      data,
      files,
      dir,
      resume: false,
      environment: nat.environmentOf(platform.runtime, engine.info),
      observer: { progress() {}, now: platform.now, interrupted: () => false },
    });
    const run = await nat.readFinishedRun(files, dir);
    const evaluator = await nat.openFinishedRun(engine, config, run, data, dir);
    const base64 = (bytes: Uint8Array): string => {
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    };
    const { vendor, architecture, name } = engine.info;
    return {
      adapter: [vendor, architecture, name],
      contents: names.map((file) => [file, base64(files.contents.get(`${dir}/${file}`)!)] as const),
      probabilities: Array.from(await evaluator.probabilities(arch)),
      accuracy: [await evaluator.accuracy(arch, 'selection'), await evaluator.accuracy(arch, 'test')],
    };
  }, job);
  return { ...rest, files: new Map(contents) };
}

async function runInNode(engine: GpuEngine): Promise<Run> {
  const { files } = await runSmall(engine, CONFIG);
  const run = await readFinishedRun(files, RUN);
  const evaluator = await openFinishedRun(engine, CONFIG, run, sample, RUN);
  const { vendor, architecture, name } = engine.info;
  const base64 = (file: string): string =>
    Buffer.from(files.contents.get(`${RUN}/${file}`)!).toString('base64');
  return {
    adapter: [vendor, architecture, name],
    files: new Map([...TEXTS, ...TENSORS].map((file) => [file, base64(file)])),
    probabilities: Array.from(await evaluator.probabilities(TINY_ARCHITECTURE)),
    accuracy: [
      await evaluator.accuracy(TINY_ARCHITECTURE, 'selection'),
      await evaluator.accuracy(TINY_ARCHITECTURE, 'test'),
    ],
  };
}

/** The names of the tensors in which two files differ. */
function differingTensors(a: string, b: string): string[] {
  const [left, right] = [a, b].map(
    (text) => parseSafetensors(new Uint8Array(Buffer.from(text, 'base64')), 'weights').tensors,
  );
  const bitsOf = ({ data }: { data: ArrayBufferView }): Buffer =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Object.keys(left!).filter((name) => !bitsOf(left![name]!).equals(bitsOf(right![name]!)));
}

test(`a search gives the same bits in Node and in a browser (seed ${CONFIG.seed})`, () =>
  withBrowser(async (browser) => {
    const inPage = await runInPage(browser);
    assert.equal(browser.complaints, []);
    const inNode = await runInNode(await engineLike(browser));
    assert.equal(inPage.adapter, inNode.adapter);

    for (const file of TEXTS) {
      const [page, node] = [inPage, inNode].map((run) => atob(run.files.get(file)!));
      assert.is(page, node, file);
    }
    for (const file of TENSORS) {
      assert.equal(differingTensors(inPage.files.get(file)!, inNode.files.get(file)!), [], file);
      assert.is(inPage.files.get(file), inNode.files.get(file), file);
    }
    assert.equal(inPage.probabilities, inNode.probabilities);
    assert.equal(inPage.accuracy, inNode.accuracy);
  }));

test('every op gives the same bits in Node and in a browser', () =>
  withBrowser(async (browser) => {
    const inPage = await browser.page.evaluate(async () => {
      const url = new URL('test/op_digests.page.js', location.href).href;
      return ((await import(url)) as typeof opsPage).run();
    });
    assert.equal(browser.complaints, []);
    const inNode = await opDigests(await engineLike(browser));
    assert.ok(Object.keys(inNode).length > 200);
    assert.equal(inPage, inNode);
  }));

test('fit leaves the same bits in Node and in a browser', () =>
  withBrowser(async (browser) => {
    const inPage = await browser.page.evaluate(async () => {
      const url = new URL('test/fit_digest.page.js', location.href).href;
      return ((await import(url)) as typeof fitPage).run();
    });
    assert.equal(browser.complaints, []);
    assert.is(inPage.losses.length, 8);
    assert.equal(inPage, await fitDigest(await engineLike(browser)));
  }));

test.run();
