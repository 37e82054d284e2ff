// `nat import`: weights from other programs, under our names.
import type { Platform } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { loadImages } from '../data/load.ts';
import { readWeights } from '../exchange/subject.ts';
import { readUserBytes, writeUserFile } from '../io/user_file.ts';
import { parseSafetensors, serializeSafetensors } from '../io/safetensors.ts';
import { PAPER, withSettings } from '../search/config.ts';
import { importSearch } from '../search/import_run.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { CONFIG_OPTION, readSearchConfig } from './config_file.ts';
import { NETWORK_OPTIONS, networkOf } from './network_options.ts';

export const importCommand = defineCommand({
  name: 'import',
  summary: 'weights of another program for a network here: from PyTorch, or of an ONNX model',
  options: {
    from: {
      type: 'string',
      positional: true,
      required: true,
      placeholder: 'FILE',
      help: 'a state_dict as safetensors, or an ONNX model (.onnx)',
    },
    ...NETWORK_OPTIONS,
    policy: {
      type: 'string',
      placeholder: 'FILE',
      help: "a search's policy, safetensors; the other file then has the shared weights of its supernet",
    },
    config: {
      ...CONFIG_OPTION,
      help: "with --policy: the search's settings, in the form of a run folder's config.json (the paper's)",
    },
    out: {
      type: 'string',
      placeholder: 'FILE|RUN',
      required: true,
      help: 'the weight file to write, safetensors; with --policy the run folder to make',
    },
    json: JSON_OPTION,
  },
  examples: [
    [
      'resnet50.safetensors --arch ResNet50 --setting imagenet --out weights.safetensors',
      "torchvision's ResNet-50",
    ],
    ['network.onnx --arch DARTS --out weights.safetensors', 'the weights of an exported network'],
    [
      'supernet.safetensors --policy policy.safetensors --out runs/imported',
      "a search of the authors' code, for nat derive",
    ],
  ],
  async run(platform, options) {
    const { from, out, json, policy } = options;
    const { files, terminal } = platform;
    if (policy !== undefined) return importRun(platform, from, policy, options);
    const { blueprint, network } = await networkOf(files, options);
    const tensors = await readWeights(files, from, blueprint, network);
    await writeUserFile(files, out, serializeSafetensors(tensors, { format: 'pt' }));
    const count = Object.keys(tensors).length;
    const result = { arch: blueprint.name, file: out, tensors: count };
    terminal.out(json ? `${JSON.stringify(result)}\n` : `${out}: ${blueprint.name}, ${count} tensors\n`);
  },
});

/** A search that another program has trained, as a run folder. */
async function importRun(
  platform: Platform,
  weights: string,
  policy: string,
  { arch, config: path, out, json }: { arch?: string; config?: string; out: string; json: boolean },
): Promise<void> {
  if (arch !== undefined)
    throw new UserError('got --policy and --arch; expected one of them: a search, or a network');
  const { files, terminal } = platform;
  const config = withSettings(PAPER, await readSearchConfig(files, path));
  const read = async (file: string) => ({
    path: file,
    tensors: parseSafetensors(await readUserBytes(files, file), file).tensors,
  });
  const data = await loadImages(platform, config.data, { imageSize: config.imageSize });
  const parameters = await importSearch({
    files,
    dir: out,
    config,
    data,
    weights: await read(weights),
    policy: await read(policy),
  });
  const words = `${parameters.weights} shared weights, ${parameters.policy} of the policy`;
  terminal.out(json ? `${JSON.stringify({ run: out, parameters })}\n` : `${out}: ${words}\n`);
}
