// Every op of the registry against a plain float64 reference and its finite differences (support/op_harness.ts).
// NAT_TEST_OP=pool tests the ops whose name contains 'pool'.
import { test } from 'uvu';
import { opTables } from './ops/index.ts';
import { testEngine } from './support/device.ts';

const wanted = (process.env['NAT_TEST_OP'] ?? '').toLowerCase();

for (const [op, table] of Object.entries(opTables)) {
  if (!op.toLowerCase().includes(wanted)) continue;
  table.cases.forEach(({ name }, index) => {
    test(`${op}: ${name}`, async () => table.check(await testEngine(), index));
  });
}

test.run();
