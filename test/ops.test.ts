// Every op of the registry against a plain float64 reference and its finite differences (support/op_harness.ts),
// with the kernels of both forms, whichever the adapter would take. Nothing is written beyond the end of a tensor.
// NAT_TEST_OP=pool tests the ops whose name contains 'pool'.
import { test } from 'uvu';
import { opTables } from './ops/index.ts';
import { testEngine } from './support/device.ts';
import { GuardedDevice } from './support/guards.ts';

const wanted = (process.env['NAT_TEST_OP'] ?? '').toLowerCase();

for (const [op, table] of Object.entries(opTables)) {
  if (!op.toLowerCase().includes(wanted)) continue;
  table.cases.forEach(({ name }, index) => {
    for (const form of ['registers', 'tiled'] as const) {
      test(`${op}: ${name} (${form})`, async () => {
        const device = new GuardedDevice(await testEngine(form));
        await table.check(device, index);
        await device.checkGuards();
      });
    }
  });
}

test.run();
