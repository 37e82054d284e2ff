// bench:small-cnn: how lines are counted, the table, and that what is kept of it is still true of the programs.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fastest,
  formatSmallCnn,
  linesOfCode,
  SMALL_CNN_PROGRAMS,
  type SmallCnnResult,
} from '../bench/peers/small_cnn.ts';
import { readRepositoryFile } from './support/repository.ts';

const read = (path: string): string => new TextDecoder().decode(readRepositoryFile(path));
const kept = JSON.parse(read('bench/results/small_cnn.llvmpipe.json')) as SmallCnnResult;

test('bench:small-cnn: blank lines and comments are no lines of code', () => {
  assert.is(linesOfCode('// a\n\nconst x = 1; // b\n  // c\n  }\n'), 2);
});

test('bench:small-cnn: the fastest round counts, and the table has a line a library', () => {
  const outcome = (ms: number) => ({ ms, seconds: 2, losses: [2, 0.5], accuracy: 1 });
  assert.is(fastest([outcome(3), outcome(1), outcome(2)]).ms, 1);
  const rows = [
    { library: 'a', version: '1', lines: 20, ratio: 1, ...outcome(4) },
    { library: 'b', version: '1', lines: 30, ratio: 2.5, ...outcome(10) },
  ];
  const text = formatSmallCnn({ ...kept, rows }, 100);
  assert.match(text, /^b +30 +10\.0 +2\.5x +2\.0 +5\.0e-1 +1\.00$/m);
});

test('bench:small-cnn: the lines that results and docs/library.md state are those of the programs', () => {
  const guide = read('docs/library.md');
  assert.equal(
    kept.rows.map(({ library }) => library),
    Object.keys(SMALL_CNN_PROGRAMS),
  );
  for (const { library, lines, ratio, losses, accuracy } of kept.rows) {
    assert.is(lines, linesOfCode(read(`bench/peers/small_cnn/${SMALL_CNN_PROGRAMS[library]}`)), library);
    // all have learned the same
    assert.ok(losses.at(-1)! < 0.2 * losses[0]! && accuracy > 0.95, library);
    assert.ok(guide.includes(`| ${library} | ${lines} | ${ratio.toFixed(1)} |`), library);
  }
});

test.run();
