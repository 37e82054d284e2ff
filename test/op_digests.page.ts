// The op tests in a page, for test/sameness.test.ts.
import { openEngine } from '../runtime/engine/open_engine.ts';
import { browserGpu } from '../runtime/host/browser/gpu_browser.ts';
import { opDigests } from './support/op_digests.ts';

/** Digests of all cases on the browser's adapter. */
export const run = async (): Promise<Record<string, string>> => opDigests(await openEngine(browserGpu()));
