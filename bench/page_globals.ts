// Benchmark.js looks for lodash with a `require` that no bundler sees, or under this name. Imported before it.
import lodash from 'lodash';

Object.assign(globalThis, { _: lodash });
