// What every case of every op leaves in memory, as digests: equal bits give equal digests.
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import { sha256 } from '../../src/io/digest.ts';
import { opTables } from '../ops/index.ts';

/** Runs all cases of the op tests, checks included: 'op: case' -> SHA-256 of all that was read back. */
export async function opDigests(engine: GpuEngine): Promise<Record<string, string>> {
  let seen: Uint8Array[] = [];
  const read = engine.read.bind(engine);
  engine.read = async (...regions) => {
    const bytes = await read(...regions);
    seen.push(...bytes.map((part) => part.slice()));
    return bytes;
  };
  const digests: Record<string, string> = {};
  for (const [op, table] of Object.entries(opTables)) {
    for (const [index, { name }] of table.cases.entries()) {
      seen = [];
      await table.check(engine, index);
      digests[`${op}: ${name}`] = await sha256(
        new Uint8Array(await new Blob(seen as BlobPart[]).arrayBuffer()),
      );
    }
  }
  return digests;
}
