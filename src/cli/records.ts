// `nat records`: curves and results of runs, for other programs to read.
import { formatRecords, readCurves, readResults } from '../run/records.ts';
import { defineCommand } from './command.ts';

export const records = defineCommand({
  name: 'records',
  summary: 'curves or results of a run or an experiment as CSV or JSON lines',
  options: {
    dir: {
      type: 'string',
      placeholder: 'DIR',
      positional: true,
      required: true,
      help: 'a run folder, or that of an experiment',
    },
    of: {
      type: 'string',
      choices: ['curves', 'results'],
      default: 'curves',
      help: 'the lines of metrics.jsonl, or what finished runs and transformations ended with',
    },
    format: {
      type: 'string',
      choices: ['csv', 'jsonl'],
      default: 'csv',
      help: 'with a line of names, or JSON lines',
    },
  },
  examples: [
    ['runs/paper > curves.csv', 'a row for every value of every line of metrics.jsonl'],
    ['runs/table1 --of results --format jsonl', 'the results of all runs of an experiment'],
  ],
  async run({ files, terminal }, { dir, of, format }) {
    const text =
      of === 'curves'
        ? formatRecords(
            ['run', 'phase', 'epoch', 'step', 'metric', 'value'],
            await readCurves(files, dir),
            format,
          )
        : formatRecords(['run', 'metric', 'value'], await readResults(files, dir), format);
    terminal.out(text);
  },
});
