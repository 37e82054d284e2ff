// Benchmark.js looks for lodash with a `require` that no bundler sees, or under this name. Imported before it.
import lodash from 'lodash';

Object.assign(globalThis, { _: lodash });
// and for what a page calls itself, which workers lack
if (!('window' in globalThis)) Object.assign(globalThis, { window: globalThis });
