// An engine in Node on the very library that a browser computes with.
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { manifestOf, type TestBrowser } from './browser.ts';

/** An engine in Node on the SwiftShader that the browser has just used. */
export async function engineLike(browser: TestBrowser): Promise<GpuEngine> {
  const library = browser.swiftshader();
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env;
  process.env['VK_DRIVER_FILES'] = process.env['VK_ICD_FILENAMES'] = manifestOf(library);
  const engine = await openEngine(nodeGpu());
  // as they were, since the next test's browser takes them over
  for (const [name, value] of Object.entries({ VK_DRIVER_FILES, VK_ICD_FILENAMES })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  assert.ok(readFileSync('/proc/self/maps', 'latin1').includes(library), `Node runs on ${library}`);
  return engine;
}
