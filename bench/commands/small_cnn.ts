// `bench:small-cnn`: programs of three libraries that train the same small network, their lines and their time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { hostGpu } from '../../runtime/host/host_gpu.ts';
import { ADAPTER_OPTION, defineCommand, openOptions } from '../../src/cli/command.ts';
import { fit, tableWidth } from '../../src/cli/layout.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { formatJson } from '../../src/io/json.ts';
import { installPeers } from '../peers/install.ts';
import { environmentFor, PEERS, peerVersion } from '../peers/measure_peers.ts';
import { sizesFor } from '../peers/ours.ts';
import { OURS } from '../peers/report.ts';
import {
  fastest,
  formatSmallCnn,
  linesOfCode,
  linkPackage,
  runSmallCnn,
  SMALL_CNN_PROGRAMS,
  type SmallCnnOutcome,
  type SmallCnnResult,
} from '../peers/small_cnn.ts';
import { adapterSlug } from '../report/result.ts';
import { version } from 'virtual:package';

const RESULTS = 'bench/results';

export const smallCnn = defineCommand({
  name: 'small-cnn',
  summary: 'the same small network in three libraries: lines of code and time',
  options: {
    rounds: { type: 'integer', default: 3, min: 1, max: 100, help: 'fresh processes for each library' },
    adapter: ADAPTER_OPTION,
    json: { type: 'boolean', help: 'print the JSON instead of the table' },
  },
  async run(platform, options) {
    const progress = createProgress(platform, options);
    const engine = await openEngine(await hostGpu(), openOptions(platform, options));
    const { info } = engine;
    engine.destroy();
    progress.note(`adapter: ${info.name}`);
    const folder = installPeers((text) => progress.note(text));
    linkPackage(folder);
    const env = environmentFor(info, sizesFor(info.kind), 'chain');
    const programs = Object.entries(SMALL_CNN_PROGRAMS);
    const outcomes = new Map<string, SmallCnnOutcome[]>(programs.map(([library]) => [library, []]));
    const turns = Array.from({ length: options.rounds }, () => programs).flat();
    for (const [done, [library, program]] of turns.entries()) {
      progress.update({ label: 'libraries in turn', done, total: turns.length });
      outcomes.get(library)!.push(await runSmallCnn(folder, program, env));
    }
    progress.finish();
    const ours = fastest(outcomes.get(OURS)!);
    const rows = programs.map(([library, program]) => {
      const peer = PEERS.find(({ name }) => name === library);
      const outcome = fastest(outcomes.get(library)!);
      return {
        library,
        version: peer ? peerVersion(peer, folder) : version,
        lines: linesOfCode(readFileSync(join('bench/peers/small_cnn', program), 'utf8')),
        ...outcome,
        ratio: outcome.ms / ours.ms,
      };
    });
    const { kind, name, vendor, description } = info;
    const result: SmallCnnResult = {
      format: 'nat-webgpu small cnn 1',
      command: `npm run bench:small-cnn -- --rounds ${options.rounds}`,
      date: new Date().toISOString(),
      adapter: { kind, name, vendor, description },
      runtime: platform.runtime,
      rounds: options.rounds,
      rows,
    };
    const text = formatJson(result, 'lines and time of a small network');
    const path = `${RESULTS}/small_cnn.${adapterSlug(info)}.json`;
    await platform.files.makeDirectory(RESULTS);
    await platform.files.writeAtomic(path, text);
    progress.note(`results: ${path}`);
    const width = tableWidth(platform.terminal.screens?.out);
    platform.terminal.out(options.json ? text : fit(formatSmallCnn(result, width), width));
  },
});
