// `nat import`: weights from other programs, under our names.
import { readWeights } from '../exchange/subject.ts';
import { explainFileError } from '../io/file_errors.ts';
import { serializeSafetensors } from '../io/safetensors.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
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
    out: {
      type: 'string',
      placeholder: 'FILE',
      required: true,
      help: 'the weight file to write, safetensors',
    },
    json: JSON_OPTION,
  },
  examples: [
    [
      'resnet50.safetensors --arch ResNet50 --setting imagenet --out weights.safetensors',
      "torchvision's ResNet-50",
    ],
    ['network.onnx --arch DARTS --out weights.safetensors', 'the weights of an exported network'],
  ],
  async run({ files, terminal }, options) {
    const { from, out, json } = options;
    const { blueprint, network } = await networkOf(files, options);
    const tensors = await readWeights(files, from, blueprint, network);
    try {
      await files.writeAtomic(out, serializeSafetensors(tensors, { format: 'pt' }));
    } catch (error) {
      throw explainFileError(error, out, 'free some and try again');
    }
    const count = Object.keys(tensors).length;
    const result = { arch: blueprint.name, file: out, tensors: count };
    terminal.out(json ? `${JSON.stringify(result)}\n` : `${out}: ${blueprint.name}, ${count} tensors\n`);
  },
});
