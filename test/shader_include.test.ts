// Expansion of //#include lines: once per file, nested, and a map back to where each line was written.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandIncludes } from '../runtime/tools/shader_include.mjs';

const expand = (files: Record<string, string>) => expandIncludes('a.wgsl', (file) => files[file]);

/** Each expanded line with the place that the spans give for it. */
function placed(files: Record<string, string>): string[] {
  const { text, spans } = expand(files);
  return text.split('\n').map((line, i) => {
    const [first, file, fileLine] = spans.findLast(([start]) => start <= i + 1)!;
    return `${file}:${fileLine + i + 1 - first} ${line}`;
  });
}

test('includes: nested, once per file, every line maps back', () => {
  const lines = placed({
    'a.wgsl': 'a1\n//#include "lib/b.wgsl"\na3\n  //#include "lib/c.wgsl"\na5',
    'lib/b.wgsl': 'b1\n//#include "lib/c.wgsl"\nb3',
    'lib/c.wgsl': 'c1\nc2',
  });
  assert.equal(lines, [
    'a.wgsl:1 a1',
    'lib/b.wgsl:1 b1',
    'lib/c.wgsl:1 c1',
    'lib/c.wgsl:2 c2',
    'lib/b.wgsl:3 b3',
    'a.wgsl:3 a3',
    'a.wgsl:4 ',
    'a.wgsl:5 a5',
  ]);
});

test('includes: a missing file, a cycle and a malformed line are errors with file and line', () => {
  const include = (file: string): string => `\n//#include "${file}"`;
  assert.throws(
    () => expand({ 'a.wgsl': include('lib/b.wgsl') }),
    /^shaders\/a\.wgsl:2: .*lib\/b\.wgsl does not/,
  );
  assert.throws(
    () => expand({ 'a.wgsl': include('lib/b.wgsl'), 'lib/b.wgsl': include('a.wgsl') }),
    'shaders/lib/b.wgsl:2: include cycle: a.wgsl -> lib/b.wgsl -> a.wgsl',
  );
  assert.throws(() => expand({ 'a.wgsl': '// #include <b>' }), /^shaders\/a\.wgsl:1: malformed include/);
});

test.run();
