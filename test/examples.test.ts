// Every file of docs/examples runs as it stands, in a project that has the package installed, and prints what it
// promises. A new example needs a line here.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBrowser } from './support/browser.ts';
import { buildPage } from './support/build_page.ts';
import { installPackage } from './support/installed_package.ts';
import { missing } from './support/missing.ts';
import { repositoryRoot } from './support/repository.ts';

type Host = 'node' | 'deno' | 'page';

/** The losses of epochs that an example prints. */
const lossesOf = (text: string): number[] =>
  [...text.matchAll(/^epoch \d+: loss ([\d.]+)/gm)].map(([, loss]) => Number(loss));

/** File -> where it runs, and a check of what it prints or, in a page, shows. */
const EXAMPLES: Readonly<Record<string, readonly [host: Host, check: (text: string) => void]>> = {
  'train_sample.mjs': [
    'node',
    (text) => {
      const losses = [...text.matchAll(/^epoch \d: loss (.*)$/gm)].map(([, loss]) => Number(loss));
      // ln 10 is what guessing costs
      assert.ok(losses.length === 3 && losses[2]! < losses[0]! && losses[2]! < Math.log(10) - 0.2, text);
    },
  ],
  'own_search.mjs': [
    'node',
    (text) => {
      assert.match(text, /^reward -?\d\.\d{3} after \d+ updates$/m);
      assert.match(text, /cross_conv_5x5\(2\).*\n/);
      assert.match(text, /^accuracy, test +\d+\.\d\d% +\d+\.\d\d% +on 64 test images/m);
    },
  ],
  'own_network.mjs': [
    'node',
    (text) => {
      const losses = lossesOf(text);
      assert.ok(losses.length === 3 && losses[2]! < losses[0]! - 0.1, text);
      const [, accuracy] = /^accuracy on test images: (\S+)%$/m.exec(text)!;
      // chance is 10%; on 250 images 18% is four deviations above it
      assert.ok(Number(accuracy) > 18, text);
      assert.match(text, /^five images: (?:\w+, ){4}\w+$/m);
    },
  ],
  'residual_network.mjs': [
    'node',
    (text) => {
      const losses = lossesOf(text);
      assert.ok(losses.length === 2 && losses[1]! < losses[0]!, text);
      // stem 432 + 32; blocks 4,608 + 64, 13,824 + 128 and 55,296 + 256; projections 512 + 64 and 2,048 + 128; dense 650
      const weights = 464 + 4672 + 13_952 + 55_552 + 576 + 2176 + 650;
      assert.match(text, new RegExp(`^${weights} weights, 250 test images$`, 'm'));
    },
  ],
  'own_kernel.mjs': [
    'node',
    (text) => {
      const [, error] = /^largest error of the gradient: (\S+)$/m.exec(text)!;
      assert.ok(Number(error) < 1e-3, text);
      const losses = lossesOf(text);
      assert.ok(losses.length === 8 && losses[7]! < 0.2, text);
    },
  ],
  'to_onnx.mjs': [
    'node',
    (text) => {
      assert.match(text, /^network\.onnx: [1-9]\d{3,} bytes, opset 17$/m);
      assert.match(text, /^weights that came back as they were: 8 of 8$/m);
      assert.match(text, /^DARTS = Genotype\($/m);
    },
  ],
  'in_deno.mjs': ['deno', (text) => assert.match(text, /^relu 0 2 0 4 0 6$/m)],
  'in_a_page.mjs': [
    'page',
    (text) => {
      assert.match(text, /^accuracy 1 on .*SwiftShader/);
    },
  ],
};

const folder = new URL('docs/examples/', repositoryRoot);
const { project } = installPackage();
cpSync(folder, project, { recursive: true });

function printedBy(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: project, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

const MINUTE = 60_000;

async function shownBy(module: string): Promise<string> {
  const site = await buildPage(project, module);
  let text = '';
  await withBrowser(async ({ page, complaints }) => {
    await page.addScriptTag({ type: 'module', url: module.replace(/mjs$/, 'js') });
    const failed = page.waitForEvent('pageerror', { timeout: MINUTE }).then((error) => Promise.reject(error));
    text = (await Promise.race([page.textContent('pre', { timeout: MINUTE }), failed]))!;
    assert.equal(complaints, []);
  }, site);
  return text;
}

test('every example is run here', () => {
  assert.equal(Object.keys(EXAMPLES).sort(), readdirSync(folder).sort());
});

test("a network and a kernel of one's own take 30 lines, imports included", () => {
  for (const name of ['own_network.mjs', 'own_kernel.mjs']) {
    const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
    const code = lines.filter((line) => !/^\s*(?:\/[/*]|$)/.test(line));
    assert.ok(code.length <= 30, `${name}: ${code.length} lines`);
  }
});

for (const [file, [host, check]] of Object.entries(EXAMPLES)) {
  test(`docs/examples/${file}`, async () => {
    if (host === 'node') check(printedBy(process.execPath, [file]));
    else if (host === 'page') await shownBy(file).then((text) => text && check(text));
    else {
      const deno = process.env['NAT_DENO'] ?? 'deno';
      if (spawnSync(deno, ['--version']).status !== 0) return missing('no Deno on this machine');
      check(printedBy(deno, ['run', '--allow-all', file]));
    }
  });
}

test.run();
