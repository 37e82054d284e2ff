// Transitions: NAT's actions and NAT++'s table against the published facts, legality over sampled and published
// pairs of architectures, masks, and users' own tables.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { type Architecture, type Cell, type Genotype, intermediateNodes } from '../src/arch/genotype.ts';
import { findViolations } from '../src/arch/legality.ts';
import {
  FULLY_CONCAT_PRIMITIVES,
  LOOSE_END_PRIMITIVES,
  NAT_PLUS_PLUS_PRIMITIVES,
  PRIMITIVE_NAMES,
  type Primitive,
  transitionClass,
} from '../src/arch/primitives.ts';
import {
  type IndexedEdge,
  cellFromIndices,
  cellToIndices,
  sampleArchitecture,
} from '../src/arch/search_space.ts';
import { loadTransitions, parseTransitions, transitionsToJson } from '../src/arch/transition_file.ts';
import {
  ACTIONS,
  NAT_PLUS_PLUS_TRANSITIONS,
  NAT_TRANSITIONS,
  allowedTargets,
  applyActions,
  applyChoices,
  isLegal,
  transitionMask,
} from '../src/arch/transitions.ts';
import { type Rng, STREAM, createRng } from '../src/core/rng.ts';
import { genotype } from '../src/arch/zoo/notation.ts';
import { memoryFiles } from './support/memory_files.ts';

const IN_ORDER = (a: string, b: string) => (a < b ? -1 : 1);

function complete(architecture: Architecture): Genotype {
  return {
    ...architecture,
    normalConcat: intermediateNodes(architecture.normal),
    reduceConcat: intermediateNodes(architecture.reduce),
  };
}

function randomActions(cell: Cell, rng: Rng): number[] {
  return cell.map(() => rng.int(ACTIONS.length));
}

test('actions: null, same and skip_connect, as the reference transformed these cells', () => {
  const transform = (primitives: readonly Primitive[], edges: IndexedEdge[], actions: number[]) =>
    cellToIndices(applyActions(cellFromIndices(edges, primitives), actions), primitives);
  // prettier-ignore
  assert.equal(
    transform(FULLY_CONCAT_PRIMITIVES,
      [[2, 0, 2], [0, 1, 2], [2, 1, 3], [1, 0, 3], [1, 1, 4], [0, 2, 4], [3, 2, 5], [3, 0, 5]],
      [1, 2, 1, 0, 2, 2, 0, 1]),
    [[2, 0, 2], [2, 1, 2], [2, 1, 3], [8, 0, 3], [2, 1, 4], [2, 2, 4], [8, 2, 5], [3, 0, 5]],
  );
  // prettier-ignore
  assert.equal(
    transform(LOOSE_END_PRIMITIVES,
      [[2, 1, 2], [1, 1, 2], [4, 1, 3], [2, 0, 3], [3, 3, 4], [3, 3, 4], [8, 1, 5], [0, 0, 5], [8, 0, 6], [1, 5, 6]],
      [0, 1, 1, 1, 0, 2, 2, 2, 1, 2]),
    [[8, 1, 2], [1, 1, 2], [4, 1, 3], [2, 0, 3], [8, 3, 4], [2, 3, 4], [2, 1, 5], [2, 0, 5], [8, 0, 6], [2, 5, 6]],
  );
});

test('actions: any actions on any architecture are legal and never start to compute (500 samples, seed 41)', () => {
  const rng = createRng(41, STREAM.actions);
  for (let i = 0; i < 500; i++) {
    const before = sampleArchitecture({ nodes: 4, primitives: PRIMITIVE_NAMES }, rng);
    // Null edges are not sampled, so a first round of actions makes some.
    const start = {
      normal: applyActions(before.normal, randomActions(before.normal, rng)),
      reduce: applyActions(before.reduce, randomActions(before.reduce, rng)),
    };
    const after = {
      normal: applyActions(start.normal, randomActions(start.normal, rng)),
      reduce: applyActions(start.reduce, randomActions(start.reduce, rng)),
    };
    assert.equal(findViolations(complete(before), complete(after), NAT_TRANSITIONS), []);
    assert.equal(findViolations(complete(start), complete(after), NAT_TRANSITIONS), []);
    after.normal.forEach(([op], edge) => {
      if (transitionClass(op) === 'O') assert.is(op, start.normal[edge][0]);
    });
  }
});

test('actions: `same` everywhere changes nothing; wrong numbers of actions are refused', () => {
  const { normal } = sampleArchitecture({ nodes: 5, primitives: PRIMITIVE_NAMES }, createRng(42, 0));
  assert.equal(applyActions(normal, normal.map(() => ACTIONS.indexOf('same'))), normal); // prettier-ignore
  assert.throws(() => applyActions(normal, [1, 1]), /expected 10 numbers, one an edge, got 2/);
  assert.throws(() => applyActions(normal, normal.map(() => 3)), /edge 0 has no action 3/); // prettier-ignore
});

test('NAT: O -> O (itself), S, N; S -> S, N; N -> N, S', () => {
  for (const op of PRIMITIVE_NAMES) {
    const targets = new Set(NAT_TRANSITIONS.targets.get(op));
    assert.equal(targets, new Set<Primitive>([op, 'skip_connect', 'null']));
    const reached = new Set(ACTIONS.map((_, action) => applyActions([[op, 0, 2]], [action])[0][0]));
    assert.equal(reached, targets);
  }
});

test('NAT++: the published table of 13 operations', () => {
  const published = `
    conv_5x5: conv_5x5 conv_3x3 conv_1x1 sep_conv_5x5 sep_conv_3x3 dil_conv_5x5 dil_conv_3x3
              max_pool_5x5 max_pool_3x3 avg_pool_5x5 avg_pool_3x3 skip_connect null
    conv_3x3: conv_3x3 conv_1x1 sep_conv_3x3 dil_conv_3x3 max_pool_3x3 avg_pool_3x3 skip_connect null
    conv_1x1: conv_1x1 skip_connect null
    sep_conv_5x5: sep_conv_5x5 sep_conv_3x3 dil_conv_5x5 dil_conv_3x3
                  max_pool_5x5 max_pool_3x3 avg_pool_5x5 avg_pool_3x3 skip_connect null
    sep_conv_3x3: sep_conv_3x3 dil_conv_3x3 max_pool_3x3 avg_pool_3x3 skip_connect null
    dil_conv_5x5: dil_conv_5x5 dil_conv_3x3 max_pool_5x5 max_pool_3x3 avg_pool_5x5 avg_pool_3x3 skip_connect null
    dil_conv_3x3: dil_conv_3x3 max_pool_3x3 avg_pool_3x3 skip_connect null
    avg_pool_5x5: avg_pool_5x5 avg_pool_3x3 max_pool_5x5 max_pool_3x3 skip_connect null
    avg_pool_3x3: avg_pool_3x3 max_pool_3x3 skip_connect null
    max_pool_5x5: max_pool_5x5 max_pool_3x3 avg_pool_5x5 avg_pool_3x3 skip_connect null
    max_pool_3x3: max_pool_3x3 avg_pool_3x3 skip_connect null
    skip_connect: skip_connect null
    null: skip_connect null`;
  const rows = published.split(/(\w+):/).slice(1);
  assert.is(rows.length, 26);
  for (let i = 0; i < rows.length; i += 2) {
    const targets = NAT_PLUS_PLUS_TRANSITIONS.targets.get(rows[i] as Primitive);
    assert.equal([...(targets ?? [])].sort(IN_ORDER), rows[i + 1].trim().split(/\s+/).sort(IN_ORDER));
  }
});

test('NAT++: masks over the 13 operations, and the choices that they allow', () => {
  const table = NAT_PLUS_PLUS_TRANSITIONS;
  assert.equal(table.ops, NAT_PLUS_PLUS_PRIMITIVES);
  const allowed = (op: Primitive) => table.ops.filter((_, i) => transitionMask(table, op)[i] === 1);
  assert.equal(allowed('null'), ['skip_connect', 'null']);
  assert.equal(allowed('conv_1x1'), ['skip_connect', 'conv_1x1', 'null']);
  assert.is(
    transitionMask(table, 'conv_5x5').reduce((sum, bit) => sum + bit),
    13,
  );
  assert.throws(
    () => transitionMask(table, 'sep_conv_7x7'),
    /sep_conv_7x7 is not in the transition table 'nat\+\+'/,
  );

  const cell: Cell = [['conv_3x3', 0, 2], ['null', 1, 2]]; // prettier-ignore
  const choices = [table.ops.indexOf('dil_conv_3x3'), table.ops.indexOf('skip_connect')];
  assert.equal(applyChoices(cell, choices, table), [['dil_conv_3x3', 0, 2], ['skip_connect', 1, 2]]); // prettier-ignore
  assert.throws(
    () => applyChoices(cell, [table.ops.indexOf('conv_5x5'), choices[1]], table),
    /edge 0, conv_3x3, may not become conv_5x5/,
  );
  assert.throws(
    () => applyChoices(cell, [13, choices[1]], table),
    /edge 0, conv_3x3, may not become choice 13/,
  );
});

test('NAT++: every masked choice is legal and no kernel grows (300 samples, seed 43)', () => {
  const table = NAT_PLUS_PLUS_TRANSITIONS;
  const rng = createRng(43, STREAM.actions);
  const kernel = (op: string) => Number(op.match(/\d/)?.[0] ?? 0);
  for (let i = 0; i < 300; i++) {
    const before = sampleArchitecture({ nodes: 4, primitives: NAT_PLUS_PLUS_PRIMITIVES }, rng);
    const step = (cell: Cell) => {
      const choices = cell.map(([op]) => {
        const mask = transitionMask(table, op);
        let choice = rng.int(13);
        while (mask[choice] === 0) choice = rng.int(13);
        return choice;
      });
      return applyChoices(cell, choices, table);
    };
    const after = { normal: step(before.normal), reduce: step(before.reduce) };
    assert.equal(findViolations(complete(before), complete(after), table), []);
    after.normal.forEach(([op], edge) => assert.ok(kernel(op) <= kernel(before.normal[edge][0])));
  }
});

test('an operation that a table does not list moves by NAT rule', () => {
  assert.equal(allowedTargets(NAT_PLUS_PLUS_TRANSITIONS, 'sep_conv_7x7'), [
    'skip_connect',
    'sep_conv_7x7',
    'null',
  ]);
  assert.ok(isLegal(NAT_PLUS_PLUS_TRANSITIONS, 'conv_1x3_3x1', 'skip_connect'));
  assert.not.ok(isLegal(NAT_PLUS_PLUS_TRANSITIONS, 'conv_1x3_3x1', 'max_pool_3x3'));
});

test('legality: random architectures and what NAT made of them, as published', () => {
  const to5 = ' > 2 3 4 5';
  // prettier-ignore
  const pairs = [
    ['dil5@1 dil5@1 | dil5@1 dil5@2 | sep3@0 sep3@3 | skip@1 max3@0', 'sep5@0 max3@0 | skip@0 sep3@0 | conv3@0 max3@2 | avg3@2 conv3@3',
      'skip@1 dil5@1 | null@1 dil5@2 | sep3@0 sep3@3 | skip@1 max3@0', 'sep5@0 max3@0 | skip@0 sep3@0 | skip@0 skip@2 | skip@2 conv3@3'],
    ['max3@1 dil3@0 | sep5@2 avg3@2 | dil5@0 skip@3 | sep3@1 max3@3', 'conv3@1 avg3@1 | max3@0 dil5@0 | max3@0 skip@0 | dil5@4 skip@4',
      'max3@1 dil3@0 | null@2 null@2 | dil5@0 null@3 | sep3@1 max3@3', 'skip@1 avg3@1 | skip@0 dil5@0 | null@0 skip@0 | dil5@4 skip@4'],
    ['conv3@0 skip@0 | conv3@0 max3@0 | sep5@1 sep3@3 | avg3@4 avg3@4', 'skip@0 max3@0 | sep5@2 avg3@0 | skip@3 max3@2 | max3@1 sep5@4',
      'conv3@0 skip@0 | null@0 max3@0 | null@1 null@3 | avg3@4 null@4', 'skip@0 max3@0 | sep5@2 avg3@0 | null@3 skip@2 | max3@1 sep5@4'],
    ['conv3@1 sep3@1 | conv3@2 conv3@2 | sep3@3 conv3@0 | max3@0 max3@4', 'sep3@0 sep5@1 | skip@2 sep3@2 | sep5@2 conv3@1 | dil5@2 max3@4',
      'conv3@1 sep3@1 | skip@2 null@2 | sep3@3 conv3@0 | max3@0 null@4', 'sep3@0 sep5@1 | skip@2 sep3@2 | skip@2 conv3@1 | null@2 skip@4'],
    ['skip@0 max3@0 | max3@2 dil5@0 | max3@2 conv3@2 | conv3@0 sep5@2', 'dil5@0 avg3@1 | sep5@0 avg3@2 | conv3@0 dil5@0 | sep3@0 skip@4',
      'skip@0 max3@0 | null@2 dil5@0 | null@2 conv3@2 | conv3@0 sep5@2', 'dil5@0 avg3@1 | sep5@0 avg3@2 | conv3@0 null@0 | skip@0 skip@4'],
  ];
  for (const [normal, reduce, natNormal, natReduce] of pairs) {
    const before = genotype('R', normal + to5, reduce + to5);
    const after = genotype('NAT_R', natNormal + to5, natReduce + to5);
    assert.equal(findViolations(before, after, NAT_TRANSITIONS), []);
    assert.equal(findViolations(before, after, NAT_PLUS_PLUS_TRANSITIONS), []);
    assert.ok(findViolations(after, before, NAT_TRANSITIONS).length > 0);
  }
});

test('legality: each kind of violation is told', () => {
  const before = genotype('A', 'sep3@0 skip@1 | max3@0 conv3@2 > 2 3');
  const messages = (normal: string, reduce = 'sep3@0 skip@1 | max3@0 conv3@2 > 2 3') =>
    findViolations(before, genotype('B', normal, reduce), NAT_TRANSITIONS).map(({ message }) => message);
  assert.equal(messages('sep3@0 skip@1 | max3@0 conv3@2 > 3 2'), []);
  assert.equal(messages('dil3@0 null@1 | max3@0 conv3@2 > 2 3'), [
    'normal: edge 0 -> 2: sep_conv_3x3 may not become dil_conv_3x3, only skip_connect, sep_conv_3x3, null',
  ]);
  assert.equal(messages('sep3@0 skip@1 | max3@0 conv3@2 > 2 3', 'sep3@0 skip@1 | max3@0 conv3@1 > 2 3'), [
    'reduce: node 3 takes nodes 0 and 2 before, 0 and 1 after',
  ]);
  assert.equal(messages('sep3@0 skip@1 | max3@0 conv3@2 > 3'), [
    'normal: output concatenates nodes 2, 3 before, 3 after',
  ]);
  assert.equal(messages('sep3@0 skip@1 > 2'), [
    'normal: 2 nodes before, 1 nodes after',
    'normal: output concatenates nodes 2, 3 before, 2 after',
  ]);
  assert.equal(
    findViolations(before, genotype('B', 'max3@0 skip@1 | max3@0 conv3@2 > 2 3'), NAT_TRANSITIONS)[0],
    {
      cell: 'normal',
      kind: 'transition',
      message:
        'normal: edge 0 -> 2: sep_conv_3x3 may not become max_pool_3x3, only skip_connect, sep_conv_3x3, null',
      from: 0,
      to: 2,
      before: 'sep_conv_3x3',
      after: 'max_pool_3x3',
    },
  );
});

test('legality: the two edges of a node have no order', () => {
  const check = (a: string, b: string) =>
    findViolations(genotype('A', `${a} > 2`), genotype('B', `${b} > 2`), NAT_TRANSITIONS).length;
  assert.is(check('sep3@0 max3@1', 'max3@1 skip@0'), 0);
  assert.is(check('sep3@0 max3@0', 'max3@0 sep3@0'), 0);
  assert.is(check('sep3@0 max3@0', 'max3@0 dil3@0'), 2); // Two each way: dil3 comes from neither, and one repeats.
  assert.is(check('sep3@0 max3@1', 'max3@0 sep3@1'), 4);
});

test('transition tables: by name, and a user table in the form that is printed', async () => {
  const files = memoryFiles();
  const table = JSON.stringify(transitionsToJson(NAT_PLUS_PLUS_TRANSITIONS));
  files.contents.set('mine.json', new TextEncoder().encode(table));
  assert.is(await loadTransitions(files, 'nat'), NAT_TRANSITIONS);
  assert.is(await loadTransitions(files, 'NAT++'), NAT_PLUS_PLUS_TRANSITIONS);
  assert.equal(await loadTransitions(files, 'mine.json'), NAT_PLUS_PLUS_TRANSITIONS);
  try {
    await loadTransitions(files, 'nat+');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /^transition file nat\+ .*nat and nat\+\+.*: no such file$/);
  }
});

test('transition tables: what a user table must not be', () => {
  const refuses = (value: unknown, message: string) =>
    assert.throws(() => parseTransitions(JSON.stringify(value), 't'), (error: Error) => {
      assert.instance(error, UserError);
      assert.is(error.message.slice(0, message.length), message);
      return true;
    }); // prettier-ignore
  const table = (transitions: unknown) => ({ transitions });
  refuses(null, 't: expected {name, transitions: {op: [op, ...], ...}}');
  refuses(table([]), 't: expected {name, transitions: {op: [op, ...], ...}}');
  refuses(table({}), 't: transitions lists no operation');
  refuses({ name: 1, transitions: {} }, 't: name must be a string');
  refuses(
    table({ conv_9x9: [] }),
    `t: transitions: "conv_9x9" is not a known operation; did you mean 'conv_1x1'?`,
  );
  refuses(table({ null: 'null' }), 't: transitions.null must be a list of operations');
  refuses(table({ null: [5] }), 't: transitions.null: 5 is not a known operation; expected one of');
  refuses(table({ null: ['null', 'null'] }), 't: transitions.null lists null twice');
  refuses(table({ null: ['null'], none: ['null'] }), 't: transitions lists null twice');
  refuses(
    table({ null: ['null', 'skip_connect'] }),
    't: transitions.null leads to skip_connect, which has no row of its own; add one',
  );
  refuses(
    table({ null: ['skip_connect'], skip_connect: ['skip_connect'] }),
    't: transitions.null must list null itself: every architecture may stay as it is',
  );
});

test.run();
