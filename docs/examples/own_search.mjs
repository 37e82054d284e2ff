// A search of one's own: other images, an operation and transitions, a policy and a reward, all given as objects; then
// what it makes of an architecture.

import {
  defineDataset,
  defineOperation,
  derive,
  describeDerivation,
  edgeProbabilities,
  hostPlatform,
  memoryFiles,
  natTransitions,
  openEngine,
  openFinishedRun,
  ParameterStore,
  QUICK,
  readFinishedRun,
  requireCell,
  searchIntoFolder,
  tableToRows,
  zeros,
} from 'nat-webgpu';

/** @import { Architecture, Cell, Policy, PolicyOptions, Primitive, SearchParts } from 'nat-webgpu' */

// Images: grey, 16 x 16, light from above or from the left.
const SIZE = 16;
/** @param {number} count */
const part = (count) => ({
  images: Uint8Array.from({ length: count * SIZE * SIZE }, (_, i) => {
    const [x, y, n] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2)];
    return 12 * (n % 2 === 0 ? SIZE - y : SIZE - x) + ((i * 37) % 50);
  }),
  labels: Uint8Array.from({ length: count }, (_, n) => n % 2),
});
const data = defineDataset({
  classNames: ['above', 'left'],
  channels: 1,
  imageSize: SIZE,
  train: part(256),
  test: part(64),
});

// An operation: two thin convolutions, 1x5 and 5x1, with a ReLU before each.
const cross = defineOperation('cross_conv_5x5', ({ conv, norm, sequence }, ends) => {
  const { inputs, outputs, stride, relu } = ends;
  const across = conv(inputs, outputs, { kernel: [1, 5], stride: [1, stride], relu });
  const down = conv(outputs, outputs, {
    ...{ kernel: [5, 1], stride: [stride, 1], relu: true },
    normalised: true, // a batch norm follows
  });
  return { raw: sequence(across, down), norm: norm(outputs) };
});

// Which operations there are, and what may become of them: NAT's rule.
/** @type {Primitive[]} */
const ops = [cross, 'sep_conv_3x3', 'conv_1x1', 'skip_connect', 'null'];
const transitions = tableToRows(natTransitions('cross', ops));

// A policy: a table of logits, one for each action on each edge, whatever stands there.
/** @type {(options: PolicyOptions) => Policy} */
function tablePolicy({ nodes, space, batch = 1 }) {
  const edges = batch * 2 * 2 * nodes;
  const weights = new ParameterStore('policy weights', true);
  const logits = weights.declare('logits', [edges, space.count], zeros);
  return {
    ...{ weights, batch, edges, space, fixed: [], features: {}, constants: {} },
    encode: () => ({}),
    probabilities: (tape, _, mask) => edgeProbabilities(tape, logits.tensor, mask),
  };
}

// A reward: the gain in accuracy, and something for every edge that computes no longer.
/** @param {Architecture} architecture */
const computing = ({ normal, reduce }) =>
  [...normal, ...reduce].filter(([op]) => op !== 'skip_connect' && op !== 'null').length;
/** @type {NonNullable<SearchParts['reward']>} */
const reward = ({ before, after, accuracyBefore, accuracyAfter }) =>
  accuracyAfter - accuracyBefore + 0.02 * (computing(before) - computing(after));

const engine = await openEngine();
const { now } = await hostPlatform();
const files = memoryFiles();
const parts = { policy: tablePolicy, reward };
const config = { ...QUICK, data: 'light', transitions, layers: 3, channels: 4, epochs: 2, batch: 16 };
const observer = { progress() {}, now, interrupted: () => false };
const place = { files, dir: 'run', resume: false, environment: {} };
const result = await searchIntoFolder(engine, { config, data, parts, observer, ...place });
console.log(`reward ${result?.policy?.reward.toFixed(3)} after ${result?.steps.policy} updates`);

// The architecture that is transformed: the block of residual networks, with the new operation in place of its convolutions.
/** @type {(cell: Cell) => Cell} */
const own = (cell) => cell.map(([op, from, to]) => [op === 'conv_3x3' ? cross : op, from, to]);
const block = requireCell('ResBlock');
const genotype = { ...block, name: 'crosses', normal: own(block.normal), reduce: own(block.reduce) };
const finished = await readFinishedRun(files, 'run');
const evaluator = await openFinishedRun(engine, config, finished, data, 'run', {}, parts);
const derivation = await derive(evaluator, genotype, { method: 'sample', candidates: 4, seed: 1 });
console.log(describeDerivation(derivation));
engine.destroy();
