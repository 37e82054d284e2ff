// A training of a network of one's own in a page, for test/sameness.test.ts.
import { openEngine } from '../runtime/engine/open_engine.ts';
import { browserGpu } from '../runtime/host/browser/gpu_browser.ts';
import { fitDigest } from './support/fit_digest.ts';

export const run = async (): ReturnType<typeof fitDigest> => fitDigest(await openEngine(browserGpu()));
