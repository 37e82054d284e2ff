// `nat start` (npm start): the main job on the sample. Trains shared weights and policy, transforms DARTS, shows both.
// Then a policy learns from half of the cells of NAS-Bench-201, and the others tell what it is worth.
import { describeLesson, learnLesson } from '../benchmark/lesson.ts';
import { loadBenchmarkTable } from '../benchmark/load_table.ts';
import { DERIVED, runMainJob } from '../derive/main_job.ts';
import { derivationToJson, describeDerivation } from '../derive/report.ts';
import { withEngine } from '../run/with_engine.ts';
import { defineCommand } from './command.ts';
import { commandLine } from './invocation.ts';
import { longRun, TRAINING_OPTIONS } from './long_run.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'the main job on the sample: search, then transform DARTS; and a policy on ground truth',
  options: {
    out: { type: 'string', placeholder: 'RUN', help: 'the run folder (the next free runs/quick-N)' },
    ...TRAINING_OPTIONS,
  },
  examples: [
    ['', 'in about a minute on two cores without a GPU'],
    ['--out runs/mine --adapter llvmpipe', 'into a folder of your choice, on that adapter'],
  ],
  async run(platform, options) {
    const { files } = platform;
    let dir = options.out;
    // An interrupted job is the next free one, and is resumed.
    for (let n = 1; dir === undefined; n++) {
      const candidate = `runs/quick-${n}`;
      if (!(await files.exists(`${candidate}/${DERIVED}`))) dir = candidate;
    }
    const goOn = `go on with: ${commandLine(platform, ['start', '--out', dir])}`;
    const next = [
      [['derive', '--run', dir, '--arch', 'ENAS'], 'transform another architecture with the same run'],
      [['plan', '--preset', 'paper'], "what a search at the paper's setting costs"],
    ] as const;
    return longRun(platform, options, goOn, async ({ observer, openEngine }) => {
      const derivation = await runMainJob({ platform, openEngine, dir, observer });
      if (!derivation) return null;
      const table = await loadBenchmarkTable(platform);
      const lesson = await withEngine(openEngine, (engine) => learnLesson(engine, table, observer));
      if (!lesson) return null;
      const text = (columns: number): string =>
        `${describeDerivation(derivation, columns)}run folder: ${dir}\n\n${describeLesson(lesson)}`;
      return { json: { ...derivationToJson(derivation), nasbench201: lesson }, text, next };
    });
  },
});
