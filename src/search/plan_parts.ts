// Which part of a search a recorded command belongs to, and which part a buffer serves: the rows of `nat plan`.
import type { Command } from '../../runtime/engine/engine.ts';
import type { SearchProgram } from './program.ts';

/** The part of every command of a program, as far as it is recorded. */
export function partsOfCommands(program: SearchProgram): ReadonlyMap<Command, string> {
  const { feed, sgd, adam, reinforce, supernet, model, memory, clear } = program;
  const parts = new Map<Command, string>();
  const add = (part: string, ...lists: readonly (readonly Command[])[]): void => {
    for (const command of lists.flat()) parts.set(command, part);
  };
  add('data', feed.commands);
  for (const [key, commands] of supernet.recordedPieces()) add(partOf(key), commands);
  add('weight gradients', [memory.sums.command]);
  add('optimizer', sgd.commands);
  add('policy', reinforce.forward, reinforce.backward, adam.commands, Object.values(clear));
  return parts;

  /** 'edge 3 4 0 1 5' -> 'edge sep_conv_3x3', 'sum 3 4 norm 1' -> 'sum': the first word of a piece's key. */
  function partOf(key: string): string {
    const words = key.split(' ');
    return words[0] === 'edge' ? `edge ${model.config.primitives[Number(words.at(-1))]}` : words[0]!;
  }
}

/** A part of the memory by the labels of its buffers; what no line names is kept by stem, preprocessing and head. */
const MEMORY: readonly (readonly [labels: RegExp, part: string])[] = [
  [/^cell \d+ .*\bedges?\b|^gradients before/, 'edges'],
  [/^cell \d+ |^gradients of (cell|nodes)/, 'nodes'],
  [/^(parts|table) of weight gradients/, 'weight gradients'],
  [/^scratch/, 'scratch'],
  [/^supernet weights|^loss gradient/, 'optimizer'],
  [/^policy|^reward|^gradient of|^cost of|^random policy|^gcn|^lstm/, 'policy'],
  [/^images|^labels|^samples|^targets/, 'data'],
  [/^kernel parameters|^readback/, 'parameters and readback'],
];

/** The part whose memory a buffer is. */
export const partOfBuffer = (label: string): string =>
  MEMORY.find(([labels]) => labels.test(label))?.[1] ?? 'stem, preprocess and head';
