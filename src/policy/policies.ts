// The policy learners of section 4.4: the paper's GCN, an LSTM, and random search, which has nothing to learn.
import { gcnPolicy } from './gcn_policy.ts';
import { lstmPolicy } from './lstm_policy.ts';
import type { Policy, PolicyOptions } from './policy.ts';
import { randomPolicy } from './random_policy.ts';

/** By the name that `--policy` takes. */
const POLICIES = { gcn: gcnPolicy, lstm: lstmPolicy, random: randomPolicy };

export type PolicyKind = keyof typeof POLICIES;

export const POLICY_KINDS = Object.keys(POLICIES) as readonly PolicyKind[];

export const createPolicy = (kind: PolicyKind, options: PolicyOptions): Policy => POLICIES[kind](options);
