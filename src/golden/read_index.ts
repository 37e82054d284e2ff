// The index of golden files, checked before anything of it is used: it comes from elsewhere, and an engine is opened and
// memory taken by what it says.
import { UserError } from '../../runtime/errors.ts';
import { parseJson } from '../io/user_file.ts';
import type { GoldenIndex } from './format.ts';

/** What a value must be; throws UserError that begins with `where`. */
type Check = (value: unknown, where: string) => void;

const refuse = (where: string, value: unknown, expected: string): never => {
  const got = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 40);
  throw new UserError(`${where}: got ${got}, expected ${expected}`);
};

const text: Check = (value, where) => {
  if (typeof value !== 'string') refuse(where, value, 'a text');
};

const number: Check = (value, where) => {
  if (typeof value !== 'number') refuse(where, value, 'a number');
};

const flag: Check = (value, where) => {
  if (typeof value !== 'boolean') refuse(where, value, 'true or false');
};

const anything: Check = () => {};

const whole =
  (most: number): Check =>
  (value, where) => {
    const right = Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
    if (!right) refuse(where, value, `a whole number from 0 to ${most}`);
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf =
  (check: Check, length?: number): Check =>
  (value, where) => {
    if (!Array.isArray(value)) return refuse(where, value, 'a list');
    if (length !== undefined && value.length !== length) refuse(where, value, `${length} entries`);
    value.forEach((entry, i) => check(entry, `${where}[${i}]`));
  };

const namesTo =
  (check: Check): Check =>
  (value, where) => {
    if (!isObject(value)) return refuse(where, value, 'an object');
    for (const [name, entry] of Object.entries(value)) check(entry, `${where}.${name}`);
  };

/** An object with these keys, of which those that end in ? may be left out or null; others are not looked at. */
const withKeys =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value, where) => {
    if (!isObject(value)) return refuse(where, value, 'an object');
    for (const [key, check] of Object.entries(keys)) {
      const name = key.replace('?', '');
      const entry = value[name];
      if (key !== name && (entry === undefined || entry === null)) continue;
      check(entry, `${where}.${name}`);
    }
  };

const tensorNames = namesTo(text);
const attributes = namesTo(anything);
/** More layers, nodes, channels or classes than any network that is checked like this. */
const size = whole(4096);
const edges = listOf(listOf(size, 3));

const INDEX = withKeys({
  'ops?': listOf(
    withKeys({
      name: text,
      op: text,
      attrs: attributes,
      inputs: tensorNames,
      outputs: tensorNames,
      'grad_output?': text,
      'grads?': tensorNames,
    }),
  ),
  'optim?': listOf(
    withKeys({
      name: text,
      attrs: attributes,
      start: text,
      steps: listOf(withKeys({ grad: text, param: text })),
    }),
  ),
  'cosine?': withKeys({ lr: number, eta_min: number, epochs: whole(100_000), values: listOf(number) }),
  'supernet?': listOf(
    withKeys({
      name: text,
      channels: size,
      layers: size,
      nodes: size,
      primitives: text,
      loose_end: flag,
      classes: size,
      weights: tensorNames,
      x: text,
      target: text,
      cases: listOf(
        withKeys({
          normal: edges,
          reduce: edges,
          logits: text,
          loss: number,
          top1: number,
          grads: tensorNames,
        }),
      ),
    }),
  ),
  'policy?': listOf(
    withKeys({
      name: text,
      nodes: size,
      primitives: text,
      weights: tensorNames,
      cases: listOf(
        withKeys({
          arch: edges,
          actions_taken: listOf(size),
          transformed: edges,
          log_prob: number,
          entropy: number,
          reward: number,
          entropy_coeff: number,
          loss: number,
          grads: tensorNames,
        }),
      ),
    }),
  ),
  'cell_network?': listOf(
    withKeys({
      name: text,
      genotype: anything,
      channels: size,
      layers: size,
      auxiliary: flag,
      aux_weight: number,
      weights: tensorNames,
      x: text,
      target: text,
      logits: text,
      'logits_aux?': text,
      loss: number,
      grads: tensorNames,
      'logits_eval_after_one_training_forward?': text,
    }),
  ),
});

/** Reads an index. Throws UserError that begins with `name` where it is none. */
export function readGoldenIndex(content: string, name: string): GoldenIndex {
  const index = parseJson(content, name);
  INDEX(index, name);
  return index as GoldenIndex;
}
