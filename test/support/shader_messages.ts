// What a WebGPU implementation says of every kernel.
import { shaderLocation, shaderNames, shaderText } from '../../runtime/engine/shader_source.ts';

export interface ShaderMessages {
  readonly kernels: number;
  /** One line each, with the place in shaders/. */
  readonly messages: readonly string[];
}

/** Compiles all kernels on a device: messages of the compiler, warnings too, and errors of validation. */
export async function shaderMessages(device: GPUDevice): Promise<ShaderMessages> {
  const messages: string[] = [];
  for (const name of shaderNames) {
    device.pushErrorScope('validation');
    const report = await device.createShaderModule({ code: shaderText(name) }).getCompilationInfo();
    const error = await device.popErrorScope();
    for (const { type, lineNum, linePos, message } of report.messages) {
      messages.push(`${shaderLocation(name, lineNum)}:${linePos}: ${type}: ${message}`);
    }
    if (error && report.messages.length === 0) messages.push(`${name}: ${error.message}`);
  }
  return { kernels: shaderNames.length, messages };
}
