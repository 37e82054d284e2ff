// What a report says of an experiment: its table, curves of its runs, and all its transformations.
import type { Files } from '../../runtime/host/platform.ts';
import { percent } from '../io/format.ts';
import { parseJsonObject } from '../io/json.ts';
import { derivationsIn, readCurves } from '../run/records.ts';
import { details, escapeHtml, section, table } from './html.ts';
import { chartsOf, readTransformation, transformationFigure, transformationTable } from './parts.ts';
import type { ReportContent } from './content.ts';

/** Transformations whose cells are drawn; the others are in the table alone. */
const MOST_DRAWN = 24;

/** The report of an experiment's folder, finished or not. */
export async function experimentContent(files: Files, dir: string): Promise<ReportContent> {
  const path = `${dir}/experiment.json`;
  const { name = dir, description = '', seeds } = parseJsonObject(await files.readText(path), path);
  const found = [];
  for (const run of await derivationsIn(files, dir)) {
    const where = `${dir}/${run}.json`;
    const json = parseJsonObject(await files.readText(where), where);
    found.push({ name: run.slice(run.indexOf('/') + 1), transformation: readTransformation(json, where) });
  }
  const markdown = `${dir}/table.md`;
  const tables = (await files.exists(markdown)) ? markdownTables(await files.readText(markdown)) : [];
  const curves = await readCurves(files, dir).catch(() => []);
  const drawn = found
    .slice(0, MOST_DRAWN)
    .map(({ name: run, transformation }) =>
      details(
        run.replaceAll('_', ' '),
        `${transformationFigure(transformation)}\n${transformationTable(transformation)}`,
      ),
    );
  return {
    kind: 'Experiment',
    title: String(name),
    figures: [
      ...(Array.isArray(seeds) ? [[String(seeds.length), 'seeds'] as const] : []),
      [String(found.length), 'transformations'],
      ...(tables.length === 0 ? [['not finished', 'this is how far it has come'] as const] : []),
    ],
    sections: [
      description === '' ? '' : `<p>${escapeHtml(String(description))}</p>`,
      section('Table', tables),
      section('Curves', chartsOf(curves)),
      section('Transformations', [
        ...(found.length > 0 ? [overview(found)] : []),
        ...drawn,
        ...(found.length > MOST_DRAWN
          ? [`<p class="muted">Cells of the first ${MOST_DRAWN} are drawn.</p>`]
          : []),
      ]),
    ],
  };
}

type Found = readonly {
  readonly name: string;
  readonly transformation: ReturnType<typeof readTransformation>;
}[];

function overview(found: Found): string {
  const rows = found.map(({ name, transformation: { json } }) => {
    const { selection, test } = (json['accuracy'] ?? {}) as Record<
      string,
      Record<string, number> | undefined
    >;
    const share = (value: number | undefined) => ({
      text: value === undefined ? '' : percent(value),
      numeric: true,
    });
    return [
      { text: name.replaceAll('_', ' ') },
      ...[selection?.['before'], selection?.['after'], test?.['before'], test?.['after']].map(share),
    ];
  });
  const heads = ['run', 'choosing, before', 'after', 'test images, before', 'after'];
  return table('Accuracies under the shared weights', heads, rows);
}

/** The pipe tables of a Markdown text. */
export function markdownTables(markdown: string): string[] {
  const blocks = markdown.split(/\n(?!\|)/).filter((block) => block.trimStart().startsWith('|'));
  return blocks.map((block) => {
    const [heads = [], rule = [], ...rows] = block.trim().split('\n').map(cellsOf);
    const numeric = rule.map((dashes) => dashes.endsWith(':'));
    return table(
      '',
      heads,
      rows.map((row) => row.map((text, i) => ({ text, numeric: numeric[i] ?? false }))),
    );
  });
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
