// A page whose device goes away in the middle of its work: it goes on with another from the last checkpoint, and leaves the
// same bytes as one that kept its device. Seed 29.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as pageModule from '../src/page.ts';
import { createRng } from '../src/core/rng.ts';
import { type TestBrowser, withBrowser } from './support/browser.ts';
import { cases } from './support/effort.ts';

const SEED = 29;
const RUNS = cases(1, 15);
const LOSSES_A_RUN = 2;
/** Small, and with few batches among the images that candidates are measured on. */
const SETTINGS = { epochs: 2, maxSteps: 1, channels: 2, batch: 150, seed: 3 };
/** All but times, and what was created how often. */
const isResult = (path: string): boolean => !/timing|engine|environment/.test(path);

interface Left {
  /** Contents by path, in base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly reports: number;
}

/** Runs the main job; the device is destroyed after each of these reports of progress, counted over the whole job. */
const runLosing = ({ page }: TestBrowser, at: readonly number[]): Promise<Left> =>
  page.evaluate(
    async ({ settings, losses }) => {
      const nat = (await import(new URL('browser.js', location.href).href)) as typeof pageModule;
      const { requestDevice } = GPUAdapter.prototype;
      let device: GPUDevice;
      GPUAdapter.prototype.requestDevice = async function (descriptor) {
        return (device = await requestDevice.call(this, descriptor));
      };
      const notes: string[] = [];
      let reports = 0;
      try {
        const { files } = await nat.runPageJob({
          settings,
          onNote: (line) => notes.push(line),
          onProgress: () => void (losses.includes(++reports) && device.destroy()),
        });
        const base64 = (bytes: Uint8Array): string =>
          btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        const contents = [...files.contents].map(([path, bytes]) => [path, base64(bytes)] as const);
        return { files: Object.fromEntries(contents), notes, reports };
      } finally {
        GPUAdapter.prototype.requestDevice = requestDevice;
      }
    },
    { settings: SETTINGS, losses: at },
  );

const results = ({ files }: Left) =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => isResult(path))
      .sort(),
  );

test(`${RUNS} times ${LOSSES_A_RUN} lost devices, and the page ends with the same bytes (seed ${SEED})`, () =>
  withBrowser(async (browser) => {
    const whole = await runLosing(browser, []);
    const rng = createRng(SEED, 0);
    for (let i = 0; i < RUNS; i++) {
      const at = Array.from({ length: LOSSES_A_RUN }, () => 1 + rng.int(whole.reports - 1));
      const left = await runLosing(browser, at);
      const losses = left.notes.filter((note) =>
        /device was lost.*going on with the device opened again/.test(note),
      );
      assert.is(losses.length, new Set(at).size, `after reports ${at}: ${left.notes.join('; ')}`);
      assert.equal(results(left), results(whole), `after reports ${at}`);
    }
  }));

test.run();
