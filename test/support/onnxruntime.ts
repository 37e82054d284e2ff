// ONNX Runtime, the judge of ONNX files: as WebAssembly, which comes with the development packages, and as the native
// module of Node where NAT_ONNXRUNTIME_NODE names its folder.
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import * as web from 'onnxruntime-web';

interface Runtime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

export interface OnnxRuntime {
  readonly name: string;
  /** The logits of images (N, ...input); throws where the model is not valid. */
  logits(
    model: Uint8Array,
    images: Float32Array,
    input: readonly number[],
  ): Promise<{ data: Float32Array; dims: readonly number[] }>;
}

const runtimeOf = (name: string, runtime: Runtime): OnnxRuntime => ({
  name,
  async logits(model, images, input) {
    const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 3 });
    const shape = [images.length / input.reduce((a, b) => a * b, 1), ...input];
    const { logits } = await session.run({ images: new runtime.Tensor('float32', images, shape) });
    const result = { data: logits!.data as Float32Array, dims: logits!.dims };
    await session.release();
    return result;
  },
});

/** All that are there. */
export function onnxRuntimes(): OnnxRuntime[] {
  const folder = process.env['NAT_ONNXRUNTIME_NODE'];
  web.env.wasm.numThreads = 1;
  const native = folder
    ? [runtimeOf('onnxruntime-node', createRequire(import.meta.url)(folder) as Runtime)]
    : [];
  return [runtimeOf('onnxruntime-web', web as unknown as Runtime), ...native];
}
