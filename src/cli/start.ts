// `nat start` (npm start): the main job on the sample. Trains shared weights and policy, transforms DARTS, shows both.
import { derivationToJson, describeDerivation } from '../derive/report.ts';
import { QUICK } from '../search/config.ts';
import { ADAPTER_OPTION, defineCommand, FAST_UNCHECKED_OPTION, JSON_OPTION } from './command.ts';
import { runDeriveCommand } from './derive.ts';
import { runSearchCommand } from './search.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'the main job on the sample: search, then transform DARTS',
  options: {
    out: { type: 'string', placeholder: 'RUN', help: 'the run folder (the next free runs/quick-N)' },
    adapter: ADAPTER_OPTION,
    fastUnchecked: FAST_UNCHECKED_OPTION,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const { files, terminal } = platform;
    let { out } = options;
    for (let n = 1; out === undefined; n++) {
      const candidate = `runs/quick-${n}`;
      if (!(await files.exists(`${candidate}/result.json`))) out = candidate;
    }
    // An interrupted run is the next free one, and is resumed.
    const common = { adapter: options.adapter, json: options.json };
    const { fastUnchecked } = options;
    const result = await runSearchCommand(platform, QUICK, { ...common, fastUnchecked, out, resume: true });
    if (!result) return 130;
    const request = { run: out, arch: 'DARTS', method: 'sample', candidates: 10, seed: 0 } as const;
    const derivation = await runDeriveCommand(platform, { ...common, ...request });
    const json = derivationToJson(derivation);
    await files.writeAtomic(`${out}/derived.json`, `${JSON.stringify(json, null, 2)}\n`);
    terminal.out(options.json ? `${JSON.stringify(json)}\n` : describeDerivation(derivation));
    if (!options.json) terminal.out(`run folder: ${out}\n`);
    return 0;
  },
});
