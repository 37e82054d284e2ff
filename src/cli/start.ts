// `nat start` (npm start): the main job on the sample. Trains shared weights and policy, transforms DARTS, shows both.
import { DERIVED, runMainJob } from '../derive/main_job.ts';
import { derivationToJson, describeDerivation } from '../derive/report.ts';
import { defineCommand } from './command.ts';
import { longRun, TRAINING_OPTIONS } from './long_run.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'the main job on the sample: search, then transform DARTS',
  options: {
    out: { type: 'string', placeholder: 'RUN', help: 'the run folder (the next free runs/quick-N)' },
    ...TRAINING_OPTIONS,
  },
  async run(platform, options) {
    const { files } = platform;
    let dir = options.out;
    // An interrupted job is the next free one, and is resumed.
    for (let n = 1; dir === undefined; n++) {
      const candidate = `runs/quick-${n}`;
      if (!(await files.exists(`${candidate}/${DERIVED}`))) dir = candidate;
    }
    const goOn = `go on with: nat start --out ${dir}`;
    return longRun(platform, options, goOn, async ({ observer, openEngine }) => {
      const derivation = await runMainJob({ platform, openEngine, dir, observer });
      const text = derivation && `${describeDerivation(derivation)}run folder: ${dir}\n`;
      return derivation && { json: derivationToJson(derivation), text: text! };
    });
  },
});
