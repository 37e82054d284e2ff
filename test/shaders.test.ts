// Compiles every shader and reports what the compiler says, where it was written.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelReflection } from '../runtime/engine/engine.ts';
import { shaderLocation, shaderNames, shaderText } from '../runtime/engine/shader_source.ts';
import { testDevice } from './support/device.ts';

test('shaders: every file compiles without a message', async () => {
  const { device } = await testDevice();
  const problems: string[] = [];
  for (const name of shaderNames) {
    device.pushErrorScope('validation');
    const { messages } = await device.createShaderModule({ code: shaderText(name) }).getCompilationInfo();
    await device.popErrorScope();
    for (const { type, lineNum, linePos, message } of messages) {
      problems.push(`${shaderLocation(name, lineNum)}:${linePos}: ${type}: ${message}`);
    }
  }
  assert.is(problems.join('\n'), '');
});

test('shaders: bindings count up from 0, at most 8 of them storage', () => {
  for (const name of shaderNames) {
    const { bindings } = kernelReflection(name);
    assert.equal(
      bindings.map((b) => b.index),
      bindings.map((_, i) => i),
      name,
    );
    assert.ok(bindings.filter((b) => b.kind !== 'uniform').length <= 8, name);
  }
});

test.run();
