// The faults that `npm run mutate` makes: of every kind, in code alone, each of them in one place.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelMutantsOf, mutantsOf } from './mutation/mutants.mjs';

interface Mutant {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly becomes: string;
}

/** Each line of the text as its mutants have it. */
const mutated = (text: string, mutants: readonly Mutant[]): string[] =>
  mutants.map(({ start, end, becomes }) => {
    const whole = text.slice(0, start) + becomes + text.slice(end);
    const first = text.lastIndexOf('\n', start) + 1;
    const last = text.indexOf('\n', end);
    return whole.slice(first, whole.length - (text.length - last)).trim();
  });

test('mutants of TypeScript: operators, conditions, numbers, arguments, statements', async () => {
  const text = `
import { f } from './f.ts';
const a: 1 | 2 = f(b, c) + 1;
if (a >= b) throw new Error(\`\${a + 1}\`);
const d = Math.max(a) && !b;
`;
  assert.equal(mutated(text, await mutantsOf('a.ts', text)), [
    'const a: 1 | 2 = f(c, b) + 1;',
    'const a: 1 | 2 = f(b, c) - 1;',
    'const a: 1 | 2 = f(b, c) + (1 + 1);',
    'const a: 1 | 2 = f(b, c) + (1 - 1);',
    ';',
    'if (!(a >= b)) throw new Error(`${a + 1}`);',
    'if (a > b) throw new Error(`${a + 1}`);',
    'const d = Math.min(a) && !b;',
    'const d = Math.max(a) || !b;',
    'const d = Math.max(a) && b;',
  ]);
});

test('mutants of WGSL: operators, numbers, statements; no comments, attributes and types', () => {
  const text = `
// a + b
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 3>;
fn main() {
  y[i] = x[i] * 2u;
  if (n == 1.5) {
    return;
  }
}
`;
  assert.equal(mutated(text, kernelMutantsOf('a.wgsl', text)), [
    '',
    'y[i] = x[i] / 2u;',
    'y[i] = x[i] * (2u + 1);',
    'if (n != 1.5) {',
    'if (n == (1.5 + 1)) {',
  ]);
});

test.run();
