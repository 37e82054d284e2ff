// Preloaded by same_bytes.mjs (node --import): writes a digest of everything that the program reads back from the GPU,
// one a line in the order of reading, to the file that NAT_READBACK_DIGESTS names.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { globals } from 'webgpu';

const file = process.env.NAT_READBACK_DIGESTS;
/** @type {string[]} */
const digests = [];
const prototype = /** @type {{ GPUBuffer: typeof GPUBuffer }} */ (/** @type {unknown} */ (globals)).GPUBuffer
  .prototype;
const { getMappedRange } = prototype;

prototype.getMappedRange = function (offset, size) {
  const range = getMappedRange.call(this, offset, size);
  digests.push(createHash('sha256').update(new Uint8Array(range)).digest('hex'));
  return range;
};

process.on('exit', () => {
  if (file) writeFileSync(file, `${digests.join('\n')}\n`);
});
