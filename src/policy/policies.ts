// The policy learners of section 4.4: the paper's GCN, an LSTM, and random search, which has nothing to learn.
import { gcnPolicy } from './gcn_policy.ts';
import { lstmPolicy } from './lstm_policy.ts';
import type { Policy, PolicyOptions } from './policy.ts';
import { randomPolicy } from './random_policy.ts';

interface PolicyEntry {
  readonly create: (options: PolicyOptions) => Policy;
  /** What it is, for --help. */
  readonly about: string;
}

/** By the name that `--policy` takes. */
const POLICIES = {
  gcn: { create: gcnPolicy, about: "the paper's GCN" },
  lstm: { create: lstmPolicy, about: 'an LSTM over the edges' },
  random: { create: randomPolicy, about: 'nothing' },
} as const satisfies Record<string, PolicyEntry>;

/** The name of a policy: `gcn`, `lstm` ... */
export type PolicyKind = keyof typeof POLICIES;

export const POLICY_KINDS = Object.keys(POLICIES) as readonly PolicyKind[];

const words = Object.values(POLICIES).map(({ about }) => about);

/** The policies in words: 'the paper's GCN, ..., or nothing'. */
export const POLICIES_IN_WORDS = `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;

/** A policy without memory yet, for cells of the given operations and size. */
export const createPolicy = (kind: PolicyKind, options: PolicyOptions): Policy =>
  POLICIES[kind].create(options);
