// A search that is running, to be looked into between two of its steps. Looking changes nothing of it: a step draws what it
// needs from its number, and writes what the policy reads.
import type { Genotype } from '../../arch/genotype.ts';
import { requireExpressible } from '../../arch/search_space.ts';
import { searchSpaceOf } from '../../search/config.ts';
import type { SearchSession } from '../../search/session.ts';
import type { EdgeProbabilities } from '../protocol.ts';
import { edgeProbabilities } from './edge_probabilities.ts';

interface Question {
  readonly genotype: Genotype;
  /** Null where the run stopped before it came to an answer. */
  resolve(answer: EdgeProbabilities | null): void;
  reject(error: unknown): void;
}

export class LiveSearch {
  private session: SearchSession | null = null;
  private questions: Question[] = [];

  /** The session that is asked from now on; null for none. */
  opened(session: SearchSession | null): void {
    this.session = session;
  }

  /** The policy's probabilities as they are after the step at hand; null where the run stops before. */
  probabilities(genotype: Genotype): Promise<EdgeProbabilities | null> {
    return new Promise((resolve, reject) => {
      this.questions.push({ genotype, resolve, reject });
    });
  }

  /** Answers what was asked since the last time. To be called between two steps. */
  async answer(): Promise<void> {
    const { session } = this;
    if (!session) return;
    const asked = this.questions;
    this.questions = [];
    for (const { genotype, resolve, reject } of asked) {
      try {
        requireExpressible(genotype, searchSpaceOf(session.config));
      } catch (error) {
        reject(error);
        continue;
      }
      // a device that is lost is the run's to notice, too
      const values = await session.probabilities(genotype).catch((error: unknown) => {
        reject(error);
        throw error;
      });
      resolve(edgeProbabilities(session.program.policy.space, values));
    }
  }

  /** No more answers: the run has stopped. */
  end(): void {
    this.session = null;
    for (const { resolve } of this.questions) resolve(null);
    this.questions = [];
  }
}
