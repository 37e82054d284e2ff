// `nat golden`: checks the engine against golden files, results of the authors' modules in float64.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { readGoldenIndex } from '../golden/read_index.ts';
import { runGolden } from '../golden/run.ts';
import { parseSafetensors } from '../io/safetensors.ts';
import { readUserFile } from '../io/user_file.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION, openOptions } from './command.ts';
import { createProgress } from './progress.ts';

export const golden = defineCommand({
  name: 'golden',
  summary: 'check the engine against golden files',
  options: {
    dir: { type: 'string', placeholder: 'DIR', required: true, help: 'the folder of the golden files' },
    stem: { type: 'string', required: true, help: 'their name: STEM.json and STEM.safetensors' },
    adapter: ADAPTER_OPTION,
    json: JSON_OPTION,
  },
  examples: [['--dir golden --stem dev', 'golden/dev.json and golden/dev.safetensors']],
  async run(platform, options) {
    const path = `${options.dir}/${options.stem}`;
    const text = await readUserFile(platform.files, `${path}.json`, 'golden index');
    const index = readGoldenIndex(text, `${path}.json`);
    const { tensors } = parseSafetensors(
      await platform.files.readBytes(`${path}.safetensors`),
      `${path}.safetensors`,
    );
    const engine = await openEngine(nodeGpu(), openOptions(platform, options));
    const progress = createProgress(platform, options);
    progress.note(`adapter: ${engine.info.name}`);
    const results = await runGolden(engine, index, tensors, (done, total) =>
      progress.update({ label: 'golden', done, total }),
    );
    progress.finish();
    engine.destroy();
    const failures = results.filter(({ error }) => error !== undefined);
    const passed = results.length - failures.length;
    const { out } = platform.terminal;
    if (options.json) out(`${JSON.stringify({ passed, failed: failures.length, failures })}\n`);
    else {
      for (const failure of failures) out(`${failure.name}: ${failure.error}\n`);
      out(`${passed} passed, ${failures.length} failed\n`);
    }
    return failures.length > 0 ? 1 : 0;
  },
});
