// `nat export`: a network for other programs.
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { exportOnnx } from '../exchange/onnx/export_onnx.ts';
import { initialTensors, readWeights, type Subject, subjectOfRun } from '../exchange/subject.ts';
import { torchModule } from '../exchange/torch/module.ts';
import { toTorch } from '../exchange/torch/weights.ts';
import { writeUserFile } from '../io/user_file.ts';
import { serializeSafetensors } from '../io/safetensors.ts';
import { isCellNetwork } from '../networks/cell_network.ts';
import { withEngine } from '../run/with_engine.ts';
import { parameterCount } from '../train/network.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION, openOptions } from './command.ts';
import type { OptionValues } from './flags.ts';
import { NETWORK_OPTIONS, networkOf, requireRunOrArch, weightsOfRun } from './network_options.ts';

const OPTIONS = {
  run: { type: 'string', placeholder: 'RUN', help: 'the run folder of a training; or --arch' },
  ...NETWORK_OPTIONS,
  weights: {
    type: 'string',
    placeholder: 'last|best|FILE',
    help: 'of a run, those at its end (last) or the best; with --arch a weight file (initial values)',
  },
  seed: { type: 'integer', min: 0, default: 1234, help: 'initial values follow from it' },
  format: {
    type: 'string',
    choices: ['onnx', 'safetensors', 'pytorch'],
    default: 'onnx',
    help: "an ONNX model (opset 17); the weights alone, under the names of PyTorch's users; or a cell network as Python file",
  },
  out: { type: 'string', placeholder: 'FILE', required: true, help: 'the file to write' },
  adapter: ADAPTER_OPTION,
  json: JSON_OPTION,
} as const;

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'a network for other programs: ONNX, or PyTorch',
  options: OPTIONS,
  examples: [
    ['--run runs/train --out network.onnx', 'a trained network for ONNX Runtime'],
    [
      '--run runs/train --weights best --format safetensors --out best.safetensors',
      'its best weights for PyTorch',
    ],
    [
      '--run runs/train --format pytorch --out network.py',
      'the network of its cells, and what loads its weights',
    ],
    ['--arch NAT_DARTS --out nat_darts.onnx', 'a network that nobody has trained'],
  ],
  async run(platform, options) {
    const { format, out, json } = options;
    const subject = await subjectOf(platform, options);
    const { blueprint, network } = subject;
    const bytes = FORMATS[format](subject);
    await writeUserFile(platform.files, out, bytes);
    const parameters = parameterCount(network);
    const result = { arch: blueprint.name, format, file: out, bytes: bytes.length, parameters };
    platform.terminal.out(
      json
        ? `${JSON.stringify(result)}\n`
        : `${out}: ${blueprint.name}, ${parameters} parameters, ${format}, ${bytes.length} bytes\n`,
    );
  },
});

/** The bytes of a file, by format. */
const FORMATS: Readonly<Record<OptionValues<typeof OPTIONS>['format'], (subject: Subject) => Uint8Array>> = {
  onnx: ({ blueprint, network, tensors }) => exportOnnx(network, tensors, { name: blueprint.name }),
  safetensors: ({ blueprint, network, tensors }) =>
    serializeSafetensors(toTorch(blueprint, network, tensors), { format: 'pt' }),
  pytorch: ({ blueprint, network }) => {
    if (!isCellNetwork(network)) {
      throw new UserError(
        `${blueprint.name} is no network of cells, which alone go to a Python file; expected --format safetensors, whose ` +
          "names are those of PyTorch's own networks",
      );
    }
    return new TextEncoder().encode(torchModule({ ...network.config, imageChannels: network.imageChannels }));
  },
};

async function subjectOf(platform: Platform, options: OptionValues<typeof OPTIONS>): Promise<Subject> {
  const { run, weights, seed } = options;
  const { files } = platform;
  requireRunOrArch(run, options.arch);
  if (run !== undefined) return subjectOfRun(files, run, weightsOfRun(weights));
  const { blueprint, network } = await networkOf(files, options);
  const tensors =
    weights === undefined
      ? await withEngine(
          () => openEngine(nodeGpu(), openOptions(platform, options)),
          (engine) => initialTensors(engine, network, seed),
        )
      : await readWeights(files, weights, blueprint, network);
  return { blueprint, network, tensors };
}
