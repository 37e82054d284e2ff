// Policies on problems with a known best answer: for every edge one action is right, and the reward is the share of
// edges on which it was taken. REINFORCE must find it from the reward alone, and beat random search. What is right must
// be something that the learner can see: A has no self-loops, so the GCN does not see an edge's own operation, but it
// knows the edge's place; the LSTM reads the operation, but would have to count to know the place.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { actionSpace } from '../src/arch/action_space.ts';
import type { Architecture } from '../src/arch/genotype.ts';
import {
  FULLY_CONCAT_PRIMITIVES,
  NAT_PLUS_PLUS_PRIMITIVES,
  type Primitive,
  transitionClass,
} from '../src/arch/primitives.ts';
import { sampleArchitecture } from '../src/arch/search_space.ts';
import {
  ACTIONS,
  isLegal,
  NAT_PLUS_PLUS_TRANSITIONS,
  NAT_TRANSITIONS,
  type TransitionTable,
} from '../src/arch/transitions.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { recordAdam } from '../src/optim/adam.ts';
import { allowedActions } from '../src/policy/policy.ts';
import { createPolicy, POLICY_KINDS, type PolicyKind } from '../src/policy/policies.ts';
import { recordPolicyGradient } from '../src/policy/policy_gradient.ts';
import { legality, sampleActions } from '../src/policy/sampling.ts';
import { createRng, STREAM } from '../src/core/rng.ts';
import { commandsOnly, runSteps } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';

const SEED = 5;
const STEPS = 150;
const NODES = 3;

interface Problem {
  readonly name: string;
  readonly table: TransitionTable;
  readonly primitives: readonly Primitive[];
  /** The action that is right for an edge with this operation, the first or the second of its node. */
  right(op: Primitive, side: 0 | 1): number;
}

const natPlusPlus = (op: Primitive): number => NAT_PLUS_PLUS_TRANSITIONS.ops.indexOf(op);

const NAT = { table: NAT_TRANSITIONS, primitives: FULLY_CONCAT_PRIMITIVES };
const NAT_PLUS_PLUS = { table: NAT_PLUS_PLUS_TRANSITIONS, primitives: NAT_PLUS_PLUS_PRIMITIVES };

const byPlace: Problem = {
  name: 'nat, by place',
  ...NAT,
  right: (_op, side) => ACTIONS.indexOf(side === 0 ? 'null' : 'skip_connect'),
};
const byOperation: Problem = {
  name: 'nat, by operation',
  ...NAT,
  right: (op) =>
    ACTIONS.indexOf(op.includes('pool') ? 'null' : transitionClass(op) === 'O' ? 'same' : 'skip_connect'),
};
const byPlaceMasked: Problem = {
  name: 'nat++, by place',
  ...NAT_PLUS_PLUS,
  right: (_op, side) => natPlusPlus(side === 0 ? 'null' : 'skip_connect'),
};
const byOperationMasked: Problem = {
  name: 'nat++, by operation',
  ...NAT_PLUS_PLUS,
  right(op) {
    const target = (['dil_conv_3x3', 'max_pool_3x3', 'skip_connect'] as const).find((candidate) =>
      isLegal(NAT_PLUS_PLUS_TRANSITIONS, op, candidate),
    );
    return natPlusPlus(target!);
  },
};

/** A policy with what trains it. */
function build(engine: GpuEngine, kind: PolicyKind, { table, primitives }: Problem) {
  const space = actionSpace(table);
  const policy = createPolicy(kind, { primitives, nodes: NODES, space });
  policy.weights.allocate(engine);
  const setting = { baseline: 'moving-average', baselineDecay: 0.9, samples: 1 } as const;
  const allocator = directAllocator(engine);
  const memory = { activations: allocator, scratch: allocator };
  const gradient = recordPolicyGradient(engine, memory, policy, setting);
  const adam = recordAdam(engine, policy.weights, { betas: [0.5, 0.999], eps: 1e-8, weightDecay: 0 });
  engine.submit(recordInitialisation(engine, policy.weights, SEED, 0));
  runSteps(engine, gradient.initialise, gradient.weighEntropy(0.003));
  const probabilities = async ({ normal, reduce }: Architecture): Promise<Float32Array> => {
    runSteps(engine, gradient.forward([normal, reduce]));
    return (await download(engine, gradient.probabilities))[0] as Float32Array;
  };
  return { space, policy, gradient, adam, probabilities };
}

type Learner = ReturnType<typeof build>;

const spaceOf = ({ primitives }: Problem) => ({ nodes: NODES, primitives });

const rightActions = ({ right }: Problem, { normal, reduce }: Architecture): number[] =>
  [...normal, ...reduce].map(([op], edge) => right(op, (edge % 2) as 0 | 1));

/** The reward that a policy may expect: the mean probability of the right action. */
async function expectedReward(problem: Problem, { probabilities, space }: Learner): Promise<number> {
  const rng = createRng(SEED, STREAM.derive);
  let sum = 0;
  for (let i = 0; i < 20; i++) {
    const beta = sampleArchitecture(spaceOf(problem), rng);
    const right = rightActions(problem, beta);
    const p = await probabilities(beta);
    sum += right.reduce((total, action, edge) => total + p[edge * space.count + action]!, 0) / right.length;
  }
  return sum / 20;
}

async function train(engine: GpuEngine, problem: Problem, learner: Learner): Promise<void> {
  const { policy, gradient, adam, probabilities } = learner;
  const architectures = createRng(SEED, STREAM.policyArchitecture);
  const draws = createRng(SEED, STREAM.actions);
  const actions = new Int32Array(policy.edges);
  const clear = engine.recordClear(policy.weights.grads);
  for (let step = 1; step <= STEPS; step++) {
    const beta = sampleArchitecture(spaceOf(problem), architectures);
    sampleActions(
      await probabilities(beta),
      actions,
      draws,
      legality(allowedActions(policy, [beta.normal, beta.reduce])),
    );
    const right = rightActions(problem, beta).filter((action, edge) => actions[edge] === action);
    const reward = Float32Array.of(right.length / actions.length);
    engine.write(gradient.actions, actions);
    engine.write(gradient.rewards, reward);
    runSteps(engine, commandsOnly([clear], gradient.backward), adam.step(2e-3, step));
  }
}

/** What each policy can see; random search learns nothing. */
const PROBLEMS: Readonly<Record<PolicyKind, readonly Problem[]>> = {
  gcn: [byPlace, byPlaceMasked],
  lstm: [byOperation, byOperationMasked],
  random: [],
};

for (const [kind, problem] of POLICY_KINDS.flatMap((kind) => PROBLEMS[kind].map((p) => [kind, p] as const))) {
  test(`${kind} finds what is right and beats random search: ${problem.name} (seed ${SEED})`, async () => {
    const engine = await testEngine();
    const learner = build(engine, kind, problem);
    const random = await expectedReward(problem, build(engine, 'random', problem));
    const untrained = await expectedReward(problem, learner);
    await train(engine, problem, learner);
    const trained = await expectedReward(problem, learner);
    assert.ok(untrained < 0.6, `before training the mean reward is ${untrained}`);
    assert.ok(trained > 0.8, `after training the mean reward is ${trained}, expected over 0.8`);
    assert.ok(trained > random + 0.3, `mean reward ${trained}, that of random search is ${random}`);
  });
}

test.run();
