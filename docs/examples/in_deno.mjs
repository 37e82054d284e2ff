// Deno brings WebGPU itself: `deno run --allow-all in_deno.mjs`.

import { download, openEngine, ops, Tape, directAllocator, upload } from 'nat-webgpu/engine';

const engine = await openEngine();
const memory = directAllocator(engine);
const tape = new Tape({ engine, activations: memory, scratch: memory, training: false });
const x = upload(engine, 'x', [2, 3], Float32Array.of(-1, 2, -3, 4, -5, 6));
const y = tape.apply(ops.add, { a: x, b: null }, { relu: true });
engine.submit(tape.take());
const [values] = await download(engine, y);
console.log('relu', values?.join(' '));
engine.destroy();
