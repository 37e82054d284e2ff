// A report of any run as one page that needs nothing else: no request, no script, and a policy that allows none.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { readCandidates } from '../derive/candidate_records.ts';
import { DERIVED } from '../derive/main_job.ts';
import { sha256 } from '../io/digest.ts';
import { type JsonObject, parseJsonObject } from '../io/json.ts';
import { readUserFile } from '../io/user_file.ts';
import { readCurves } from '../run/records.ts';
import { benchmarkContent } from './benchmark.ts';
import type { ReportContent } from './content.ts';
import { experimentContent } from './experiment.ts';
import { escapeHtml, section } from './html.ts';
import {
  candidatesTable,
  chartsOf,
  readTransformation,
  settingsOf,
  tiles,
  transformationFigure,
  transformationTable,
} from './parts.ts';
import { reportStyles } from './styles.ts';
import { summaryOf, trainingContent } from './training.ts';

/**
 * The report of a run folder, of an experiment's or a benchmark's, or of a file of `nat derive --json`, as HTML.
 * @param name what the reader knows it by
 * Throws UserError where there is none of these.
 */
export async function reportOf(files: Files, run: string, name = run): Promise<string> {
  return pageOf(await contentOf(files, run, name), name, run);
}

async function contentOf(files: Files, run: string, name: string): Promise<ReportContent> {
  if (run.endsWith('.json')) return derivationContent(files, run);
  if (await files.exists(`${run}/experiment.json`)) return experimentContent(files, run);
  const path = `${run}/config.json`;
  if (!(await files.exists(path))) {
    throw new UserError(
      `${run}: no run; expected a run folder, that of an experiment or a benchmark, or a file of nat derive --json`,
    );
  }
  const config = parseJsonObject(await files.readText(path), path);
  if (typeof config['benchmark'] === 'string') return benchmarkContent(files, run, config);
  return runContent(files, run, name, config);
}

async function derivationContent(files: Files, path: string): Promise<ReportContent> {
  const json = parseJsonObject(await readUserFile(files, path, path), path);
  const transformation = readTransformation(json, path);
  return {
    kind: 'Transformation',
    title: transformation.before.name ?? path,
    figures: [],
    sections: [
      section('Cells', [transformationFigure(transformation), transformationTable(transformation)]),
      section('Candidates', [candidatesTable(await readCandidates(files, path))]),
    ],
  };
}

/** A search, a main job, a training, or a supernet of a benchmark: what has config.json and metrics.jsonl. */
async function runContent(
  files: Files,
  run: string,
  name: string,
  config: JsonObject,
): Promise<ReportContent> {
  const optional = async (name: string): Promise<JsonObject | null> => {
    const path = `${run}/${name}`;
    return (await files.exists(path)) ? parseJsonObject(await files.readText(path), path) : null;
  };
  const result = await optional('result.json');
  const environment = await optional('environment.json');
  const derived = await optional(DERIVED);
  const training = trainingContent(config, `${run}/config.json`);
  const transformation = derived && readTransformation(derived, `${run}/${DERIVED}`);
  const metrics = `${run}/metrics.jsonl`;
  const digest = (await files.exists(metrics)) ? await sha256(await files.readBytes(metrics)) : null;
  return {
    kind: training ? 'Training' : 'Search',
    title: training?.name ?? name,
    figures: result ? summaryOf(result) : [['not finished', 'this is how far it has come']],
    sections: [
      section('Curves', chartsOf(await readCurves(files, run))),
      section('Cells', [
        ...(training?.pictures ?? []),
        ...(transformation
          ? [transformationFigure(transformation), transformationTable(transformation)]
          : []),
      ]),
      section('Candidates', derived ? [candidatesTable(await readCandidates(files, run))] : []),
      section('Result', result ? [settingsOf(result)] : []),
      section('Configuration', [settingsOf(config)]),
      section('Environment', [
        ...(environment ? [settingsOf(environment)] : []),
        ...(digest === null
          ? []
          : [
              `<p class="muted">SHA-256 of metrics.jsonl, the same for the same run on such an adapter: <code>${digest}</code></p>`,
            ]),
      ]),
    ],
  };
}

async function pageOf(
  { kind, title, figures, sections }: ReportContent,
  name: string,
  run: string,
): Promise<string> {
  const styles = reportStyles();
  const bytes = new TextEncoder().encode(styles);
  const policy = `default-src 'none'; style-src 'sha256-${base64(await sha256(bytes))}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${title}: ${kind.toLowerCase()}`)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<header>
<p class="kind">${escapeHtml(kind)}</p>
<h1>${escapeHtml(title)}</h1>
<p class="muted">${escapeHtml(name)}</p>
${tiles(figures)}
</header>
${sections.filter((part) => part !== '').join('\n')}
<footer class="muted">Made by <code>nat report --run ${escapeHtml(run)}</code> of nat-webgpu, from what the run left in its folder.</footer>
</main>
</body>
</html>
`;
}

/** Of bytes in hexadecimal. */
function base64(hexadecimal: string): string {
  const bytes = hexadecimal.match(/../g)!.map((pair) => String.fromCharCode(parseInt(pair, 16)));
  return btoa(bytes.join(''));
}
