// The page in every state, by a worker that stands in for its own: no rule of axe-core broken in light and in dark,
// nothing wider than a phone of 320 pixels, nothing that the page's policy would refuse. Pictures of all of it go to
// dist/pictures, to be looked at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBrowser } from './support/browser.ts';
import { pageSite } from './support/page_site.ts';
import type { Scenario } from './support/page_stand_in.ts';
import { repositoryRoot } from './support/repository.ts';

const PICTURES = fileURLToPath(new URL('dist/pictures/', repositoryRoot));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Name of a picture -> scenario, address, and what is done there. */
const STATES: readonly (readonly [
  name: string,
  scenario: Scenario,
  address: string,
  act?: (page: Page) => Promise<unknown>,
])[] = [
  ['search', 'first', '#/search'],
  [
    'search-settings',
    'first',
    '#/search?epochs=2&lr=7&seed=x',
    (page) => page.click('summary:has-text("Policy")'),
  ],
  ['search-without-webgpu', 'no-webgpu', '#/search'],
  ['runs-none', 'first', '#/runs'],
  ['runs', 'session', '#/runs', (page) => page.check('input[aria-label="Compare DARTS, quick"]')],
  ['run-running', 'session', '#/runs/running'],
  ['run-done', 'session', `#/runs/done?digest=${'0123456789abcdef'.repeat(4)}`],
  ['run-failed', 'session', '#/runs/failed?digest=00'],
  ['run-trained', 'session', '#/runs/trained', (page) => page.click('.pad canvas')],
  ['cells', 'session', '#/cells'],
  ['cells-edited', 'session', '#/cells', edit],
  ['cells-transformed', 'session', '#/cells?arch=DARTS', (page) => page.click('button:text-is("Transform")')],
  ['ground-truth-new', 'first', '#/ground-truth'],
  ['ground-truth', 'session', '#/ground-truth'],
  ['train', 'session', '#/train'],
  ['train-cell', 'session', '#/train?arch=DARTS&epochs=0'],
  ['benchmarks', 'session', '#/benchmarks', (page) => page.click('button:text-is("Measure")')],
  ['about', 'session', '#/about'],
];

async function edit(page: Page): Promise<void> {
  await page.click('nat-cell [data-edge="normal:2:0"] .nat-chip');
  await page.selectOption('#edit-op', 'max_pool_5x5');
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** The rules that the page breaks, each with the elements that break it; `rules` are those that are tried, by default all. */
async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // evaluate goes past the page's policy, which forbids a script element
  await page.evaluate(AXE);
  const found: Violation[] = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run(runOnly ? { runOnly } : {})).violations;
  }, rules);
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
  );
}

/** How much wider than the window the page is, in pixels. */
const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const scenario of ['first', 'session', 'no-webgpu'] as const) {
  test(`every state, in light, dark and on a phone: ${scenario}`, async () => {
    mkdirSync(PICTURES, { recursive: true });
    await withBrowser(
      async ({ page, complaints }) => {
        const wrong: string[] = [];
        const { origin } = new URL(page.url());
        for (const [name, , address, act] of STATES.filter(([, of]) => of === scenario)) {
          await page.setViewportSize({ width: 1280, height: 900 });
          await page.emulateMedia({ colorScheme: 'light' });
          await page.goto(`${origin}/${address}`);
          await page.reload();
          await page.waitForSelector('main h1');
          await act?.(page);
          await page.waitForTimeout(400);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await page.waitForTimeout(100);
            await page.screenshot({ path: `${PICTURES}${name}-${colorScheme}.png`, fullPage: true });
            wrong.push(
              ...(await violations(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)).map(
                (line) => `${name}, ${colorScheme}: ${line}`,
              ),
            );
          }
          await page.setViewportSize({ width: 320, height: 640 });
          await page.waitForTimeout(200);
          await page.screenshot({ path: `${PICTURES}${name}-phone.png`, fullPage: true });
          const wider = await overhang(page);
          if (wider > 0) wrong.push(`${name}: ${wider} pixels wider than a phone`);
        }
        assert.equal(wrong, []);
        assert.equal(complaints, []);
      },
      await pageSite(scenario),
    );
  });
}

test.run();
