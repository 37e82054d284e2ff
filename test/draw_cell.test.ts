// Pictures of cells and of transformations: well-formed, every edge once, fit for a page with a strict policy.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CELL_KINDS, type Genotype } from '../src/arch/genotype.ts';
import { definePrimitive } from '../src/arch/primitives.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { genotype as cellOf } from '../src/arch/zoo/notation.ts';
import { drawCell, drawGenotype } from '../src/draw/cell.ts';
import { cellChanges } from '../src/draw/change.ts';
import { operationLabel } from '../src/draw/cell_graph.ts';
import { drawFlow } from '../src/draw/flow.ts';
import { drawingStyles } from '../src/draw/theme.ts';
import { drawTransformation } from '../src/draw/transformation.ts';
import { checkXml, elementsOf } from './support/xml.ts';

const edgeNames = (svg: string): string[] =>
  elementsOf(svg, 'g').flatMap((attributes) => attributes.get('data-edge') ?? []);

const namesOf = (genotype: Genotype, kind: 'normal' | 'reduce'): string[] =>
  genotype[kind].map(([, , node], i) => `${kind}:${node}:${i % 2}`);

/** Node 2 is null and skip, node 3 leads nowhere, node 4 depends on nothing. */
const DEAD_ENDS = cellOf('dead ends', 'null@0 skip@1 | sep3@0 max3@1 | null@0 null@1 | conv3@4 dil3@2 > 2 5');

/**
 * What the network view has to show, by following edges back from the output: tooltips of boxes, and how many arrows: one
 * into and one out of a box, one for a skip connection, one from every concatenated node that depends on an input.
 */
function plainFlow(genotype: Genotype, kind: 'normal' | 'reduce'): { boxes: string[]; arrows: number } {
  const cell = genotype[kind];
  const concat = kind === 'normal' ? genotype.normalConcat : genotype.reduceConcat;
  const depends = (node: number): boolean =>
    node < 2 || cell.some(([op, from, to]) => to === node && op !== 'null' && depends(from));
  const leads = (node: number): boolean =>
    concat.includes(node) || cell.some(([op, from, to]) => from === node && op !== 'null' && leads(to));
  const counting = cell.filter(([op, from, to]) => op !== 'null' && depends(from) && leads(to));
  const boxes = counting.filter(([op]) => op !== 'skip_connect');
  const skips = counting.length - boxes.length;
  return {
    boxes: boxes.map(([op, from, to]) => `${op}, node ${from} to node ${to}`),
    arrows: 2 * boxes.length + skips + concat.filter(depends).length,
  };
}

test('a cell: well-formed, every edge once under its name, its operation in the label and the tooltip', () => {
  for (const genotype of CELLS) {
    for (const kind of CELL_KINDS) {
      const svg = drawCell(genotype, kind);
      checkXml(svg);
      assert.equal(edgeNames(svg).sort(), namesOf(genotype, kind).sort());
      genotype[kind].forEach(([op, from, to], i) => {
        const start = svg.indexOf(`data-edge="${kind}:${to}:${i % 2}"`);
        const markup = svg.slice(start, svg.indexOf('</text>', start));
        assert.match(markup, `<title>${op}, node ${from} to node ${to}</title>`);
        assert.match(markup, `>${operationLabel(op)}`);
      });
      assert.match(svg, /^<svg [^>]*role="img"/);
    }
  }
});

test('both cells: edges of both, and a title that tells a reader who cannot see them', () => {
  const darts = requireCell('DARTS');
  const svg = drawGenotype(darts);
  checkXml(svg);
  assert.equal(edgeNames(svg).sort(), CELL_KINDS.flatMap((kind) => namesOf(darts, kind)).sort());
  assert.match(svg, /<title>DARTS<\/title>\n<desc>Normal cell: node 2 is sep_conv_3x3 of node 0 plus /);
});

/** From everything that is drawn, the words of all tooltips. */
const tooltips = (svg: string): string[] =>
  [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, words]) => words!);

test('the network view: a box for every operation that counts, an arrow for every skip connection, no null edge', () => {
  for (const genotype of [...CELLS, DEAD_ENDS]) {
    for (const kind of CELL_KINDS) {
      const svg = drawFlow([genotype], { cells: [kind] });
      checkXml(svg);
      const { boxes, arrows } = plainFlow(genotype, kind);
      const described = tooltips(svg).filter((words) => /node \d+ to node/.test(words));
      assert.equal(described.sort(), boxes.sort(), `${genotype.name} ${kind}`);
      const heads = elementsOf(svg, 'path').filter((path) => path.get('class') === 'nat-head');
      assert.is(heads.length, arrows, `${genotype.name} ${kind}`);
    }
  }
});

test('the network view of two genotypes has both, side by side', () => {
  const [before, after] = [requireCell('DARTS'), requireCell('NAT_DARTS')];
  const svg = drawFlow([before, after]);
  checkXml(svg);
  for (const name of ['Normal cell, DARTS', 'Reduction cell, NAT_DARTS'])
    assert.match(svg, `>${name}</text>`);
  assert.match(svg, '<title>The network of DARTS and of NAT_DARTS</title>');
  assert.not.match(svg, /<script| style=| id=| on\w+=|href/);
});

test('a picture for a page has no styles of its own, no script, no ids and no inline style', () => {
  const darts = requireCell('DARTS');
  for (const svg of [
    drawGenotype(darts, { standalone: false, interactive: true }),
    drawTransformation(darts, requireCell('NAT_DARTS'), { standalone: false }),
  ]) {
    checkXml(svg);
    assert.not.match(svg, /<style|<script| style=| id=| on\w+=|href/);
  }
});

test('every class that pictures use has a rule, and every picture as a file its styles in both themes', () => {
  const css = drawingStyles();
  const svg = drawTransformation(requireCell('NAONet'), requireCell('AmoebaNet_A'));
  const used = new Set(
    elementsOf(svg, '[a-z]+').flatMap((element) => element.get('class')?.split(' ') ?? []),
  );
  assert.ok(used.size > 10);
  for (const name of used) assert.ok(css.includes(`.${name}`), name);
  assert.match(svg, '@media (prefers-color-scheme: dark)');
  assert.not.match(drawGenotype(requireCell('DARTS'), { theme: 'dark' }), '@media');
});

test('edges that can be focused are named buttons, and carry a note', () => {
  const note = ({ kind, node, slot }: { kind: string; node: number; slot: number }) =>
    kind === 'normal' && node === 3 && slot === 1 ? 'null 0.7, "same" <0.2>' : undefined;
  const svg = drawCell(requireCell('DARTS'), 'normal', { interactive: true, note });
  checkXml(svg);
  const buttons = elementsOf(svg, 'g').filter((element) => element.get('role') === 'button');
  assert.is(buttons.length, 8);
  assert.ok(buttons.every((button) => button.get('tabindex') === '0'));
  const [noted, ...others] = buttons.filter((button) => button.get('aria-label')!.includes('null 0.7'));
  assert.is(noted!.get('data-edge'), 'normal:3:1');
  assert.equal(others, []);
});

test('names and operations of a program cannot break the picture', () => {
  const op = definePrimitive('my_own_operation');
  const darts = requireCell('DARTS');
  const odd: Genotype = {
    ...darts,
    name: '</title><script>alert(1)</script> & "x" \u0000',
    normal: darts.normal.map(([, from, to]) => [op, from, to]),
  };
  const svg = drawTransformation(odd, darts);
  checkXml(svg);
  assert.not.match(svg, '<script');
  assert.not.ok(svg.includes('\u0000'));
  assert.match(svg, '>my_own_operation<');
});

test('what became of each edge: by hand, the edges of a node in either order', () => {
  const before = cellOf('before', 'sep3@0 max3@1 | sep5@0 skip@1 | null@2 dil3@0 | sep3@0 conv3@3 > 2 3 4 5');
  const after = cellOf('after', 'skip@0 max3@1 | null@1 dil3@0 | skip@2 null@0 | conv3@2 sep3@0 > 2 3 4 5');
  const found = cellChanges(before, after, 'normal').map(({ node, change, slots }) => [
    ...[node, change],
    ...[slots.before, slots.after],
  ]);
  assert.equal(found, [
    [2, 'skip', 0, 0],
    [2, 'kept', 1, 1],
    [3, 'replaced', 0, 1],
    [3, 'removed', 1, 0],
    [4, 'added', 0, 0],
    [4, 'removed', 1, 1],
    [5, 'kept', 0, 1],
    [5, 'removed', 1, null],
    [5, 'added', null, 0],
  ]);
});

test('a transformation: all edges on both sides, changed ones marked on both, and a legend of what there is', () => {
  const [before, after] = [requireCell('DARTS'), requireCell('NAT_DARTS')];
  const svg = drawTransformation(before, after);
  checkXml(svg);
  const names = CELL_KINDS.flatMap((kind) => namesOf(before, kind));
  assert.equal(edgeNames(svg).sort(), [...names, ...names].sort());
  // by the two genotypes: where a slot of the one has another operation in the other
  const changed = CELL_KINDS.flatMap((kind) =>
    before[kind].flatMap(([op, , node], i) => (after[kind][i]![0] === op ? [] : `${kind}:${node}:${i % 2}`)),
  );
  const marked = elementsOf(svg, 'g').flatMap((element) => {
    const isMarked = /nat-(?:skip|removed|replaced|added)\b/.test(element.get('class') ?? '');
    return isMarked ? (element.get('data-edge') ?? []) : [];
  });
  assert.ok(changed.length > 3);
  assert.equal(marked.sort(), [...changed, ...changed].sort());
  for (const words of ['kept', 'became skip connection', 'removed (null)']) assert.match(svg, `>${words}<`);
  assert.not.match(svg, />another operation<|>added</);
  assert.match(svg, `<desc>${changed.length} of 16 edges changed. normal cell: `);
  const one = drawTransformation(before, after, { cells: ['reduce'] });
  assert.equal([...new Set(edgeNames(one).map((name) => name.split(':')[0]))], ['reduce']);
});

test('cells of the same graph keep their places, others are placed each for itself', () => {
  const places = (svg: string, side: string): string[] => {
    const part = svg.slice(svg.indexOf(`data-side="${side}"`));
    return [...part.matchAll(/data-node="(\d+)">[^]*?<circle cx="([^"]+)" cy="([^"]+)"/g)]
      .slice(0, 4)
      .map(([, ...place]) => place.join(' '));
  };
  const darts = requireCell('DARTS');
  const same = drawTransformation(darts, requireCell('NAT_DARTS'), { cells: ['normal'] });
  assert.equal(places(same, 'before'), places(same, 'after'));
  const other = drawTransformation(darts, requireCell('ENAS'), { cells: ['normal'] });
  checkXml(other);
  assert.is(edgeNames(other).length, 8 + 10);
});

test.run();
