// `nat records`: curves and results of runs, and candidates of transformations, for other programs to read.
import { findRasteriser } from '../../runtime/host/node/rasterise.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { CANDIDATE_COLUMNS, readCandidates } from '../derive/candidate_records.ts';
import { writeTensorBoard } from '../exchange/tensorboard/write_logs.ts';
import { formatRecords, readCurves, readResults, type RecordFormat } from '../run/records.ts';
import { defineCommand } from './command.ts';

const RECORDS: Readonly<
  Record<
    'curves' | 'results' | 'candidates',
    (files: Files, dir: string, format: RecordFormat) => Promise<string>
  >
> = {
  curves: async (files, dir, format) =>
    formatRecords(['run', 'phase', 'epoch', 'step', 'metric', 'value'], await readCurves(files, dir), format),
  results: async (files, dir, format) =>
    formatRecords(['run', 'metric', 'value'], await readResults(files, dir), format),
  candidates: async (files, dir, format) =>
    formatRecords(CANDIDATE_COLUMNS, await readCandidates(files, dir), format),
};

const NO_PICTURES =
  'without pictures of cells: these need the npm package @resvg/resvg-js, and a font on this machine';

export const records = defineCommand({
  name: 'records',
  summary: 'curves, results or candidates of a run or an experiment as CSV or JSON lines',
  options: {
    dir: {
      type: 'string',
      placeholder: 'DIR',
      positional: true,
      required: true,
      help: 'a run folder, or that of an experiment; for candidates also a file of nat derive --json',
    },
    of: {
      type: 'string',
      choices: ['curves', 'results', 'candidates'],
      default: 'curves',
      help: 'the lines of metrics.jsonl, what finished runs and transformations ended with, or all that a transformation drew',
    },
    format: {
      type: 'string',
      choices: ['csv', 'jsonl'],
      default: 'csv',
      help: 'with a line of names, or JSON lines',
    },
    tensorboard: {
      type: 'string',
      placeholder: 'LOGS',
      help: 'write curves, settings and cells there instead, as TensorBoard reads them; again for how far a run has come',
    },
  },
  examples: [
    ['runs/paper > curves.csv', 'a row for every value of every line of metrics.jsonl'],
    ['runs/table1 --of results --format jsonl', 'the results of all runs of an experiment'],
    ['runs/paper --tensorboard logs', 'for tensorboard --logdir logs'],
    ['runs/quick-1 --of candidates', 'what nat start drew, with accuracies and costs'],
  ],
  async run({ files, terminal }, { dir, of, format, tensorboard }) {
    if (tensorboard !== undefined) {
      const rasteriser = await findRasteriser();
      if (!rasteriser && !terminal.quiet) terminal.err(`${NO_PICTURES}\n`);
      const png = rasteriser && ((svg: string) => rasteriser.png(svg, 1));
      const runs = await writeTensorBoard(files, dir, tensorboard, png);
      terminal.out(`${tensorboard}: ${runs.join(', ')}; tensorboard --logdir ${tensorboard}\n`);
      return;
    }
    const text = await RECORDS[of](files, dir, format);
    terminal.out(text);
  },
});
