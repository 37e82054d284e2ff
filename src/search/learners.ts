// What learns to transform: the policies, which REINFORCE trains, and NAO, which is no policy. A search with NAO draws
// and evaluates what random search does, and its model learns from that.
import { POLICIES_IN_WORDS, POLICY_KINDS, type PolicyKind } from '../policy/policies.ts';

export type LearnerKind = PolicyKind | 'nao';

/** By the name that `--policy` takes. */
export const LEARNER_KINDS: readonly LearnerKind[] = [...POLICY_KINDS, 'nao'];

/** The learners in words. */
export const LEARNERS_IN_WORDS = `${POLICIES_IN_WORDS}; or NAO, which may also add operations`;

/** The policy that transformations are drawn from while it learns. */
export const policyOf = (kind: LearnerKind): PolicyKind => (kind === 'nao' ? 'random' : kind);
