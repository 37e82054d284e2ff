// Compiles every shader and reports what the compilers say, where it was written.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelReflection } from '../runtime/engine/engine.ts';
import { shaderNames } from '../runtime/engine/shader_source.ts';
import { testDevice } from './support/device.ts';
import { shaderMessages } from './support/shader_messages.ts';

test('shaders: every file compiles without a message in Node', async () => {
  const { device } = await testDevice();
  assert.equal(await shaderMessages(device), { kernels: shaderNames.length, messages: [] });
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
