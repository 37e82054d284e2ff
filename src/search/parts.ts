// Parts of a search that a program gives as objects, in place of what its settings name.
import { UserError } from '../../runtime/errors.ts';
import type { Architecture } from '../arch/genotype.ts';
import type { Policy, PolicyOptions } from '../policy/policy.ts';
import type { Macro } from '../supernet/macro.ts';

/** A transformation, and the accuracies of both architectures on one batch, under the shared weights. */
export interface Transformation {
  readonly before: Architecture;
  readonly after: Architecture;
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
}

/** What of a search is one's own; the rest is as its settings say. */
export interface SearchParts {
  /** The network around the cells, in place of DARTS'. */
  readonly macro?: Macro;
  /** Makes what learns to transform, in place of `policy`; called more than once. */
  readonly policy?: (options: PolicyOptions) => Policy;
  /**
   * R of a transformation, in place of the gain in accuracy and `costWeight`. A finite number. Waits for the accuracies of
   * an update, which the usual reward does not.
   */
  readonly reward?: (transformation: Transformation) => number;
}

/** What a configuration says of them. */
export interface WithParts {
  /** Names of the parts that were the program's own. */
  readonly own?: readonly string[] | undefined;
}

/** The configuration of a search with these parts. */
export function withParts<T extends WithParts>(config: T, parts: SearchParts): T {
  const { own: _, ...rest } = config;
  const names = namesOf(parts);
  return (names.length > 0 ? { ...rest, own: names } : rest) as T;
}

const namesOf = ({ macro, policy, reward }: SearchParts): string[] =>
  Object.entries({ macro, policy, reward }).flatMap(([name, part]) => (part ? [name] : []));

/** Throws UserError where a run was made with other parts than those given; a reward is needed no more. */
export function requireParts({ own = [] }: WithParts, parts: SearchParts, dir: string): void {
  const without = (names: readonly string[]): string => names.filter((name) => name !== 'reward').join(', ');
  const [had, given] = [without(own), without(namesOf(parts))];
  if (had === given) return;
  throw new UserError(
    `${dir}: the search had ${had ? `a program's own ${had}` : 'no parts of a program'}; ` +
      `got ${given || 'none'}; give openFinishedRun the same`,
  );
}
