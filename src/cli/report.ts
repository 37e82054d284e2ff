// `nat report`: any run as one page.
import { writeUserFile } from '../io/user_file.ts';
import { reportOf } from '../report/report.ts';
import { defineCommand } from './command.ts';

export const report = defineCommand({
  name: 'report',
  summary: 'any run as one HTML page that needs nothing else: curves, cells, candidates, settings',
  options: {
    run: {
      type: 'string',
      placeholder: 'RUN',
      required: true,
      help: 'a run folder, that of an experiment or a benchmark, or a file of nat derive --json',
    },
    out: { type: 'string', placeholder: 'FILE.html', required: true, help: 'write the page there' },
  },
  examples: [
    ['--run runs/quick-1 --out report.html', 'the search of nat start, and what it made of DARTS'],
    ['--run runs/table1 --out table1.html', 'an experiment, also while it goes on'],
  ],
  async run({ files, terminal }, { run, out }) {
    const page = await reportOf(files, run);
    await writeUserFile(files, out, page);
    terminal.out(`${out}\n`);
  },
});
