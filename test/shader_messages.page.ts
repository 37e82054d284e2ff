// All kernels under a browser's compiler, or Deno's, for test/shaders_elsewhere.test.ts.
import { type ShaderMessages, shaderMessages } from './support/shader_messages.ts';

export async function run(): Promise<ShaderMessages> {
  const adapter = await navigator.gpu.requestAdapter();
  return shaderMessages(await adapter!.requestDevice());
}
