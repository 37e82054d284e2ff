// The op tests in a page, for test/sameness.test.ts.
import { openHostEngine } from '../runtime/host/browser/host_browser.ts';
import { opDigests } from './support/op_digests.ts';

/** Digests of all cases on the browser's adapter. */
export const run = async (): Promise<Record<string, string>> => opDigests(await openHostEngine());
