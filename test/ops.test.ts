// Every op of the registry against a plain float64 reference and its finite differences (support/op_harness.ts).
import { test } from 'uvu';
import { opTables } from './ops/index.ts';
import { testEngine } from './support/device.ts';

for (const [op, table] of Object.entries(opTables)) {
  table.cases.forEach(({ name }, index) => {
    test(`${op}: ${name}`, async () => table.check(await testEngine(), index));
  });
}

test.run();
