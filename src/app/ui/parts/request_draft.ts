// A run that a view puts together: what was typed and cannot be used yet, what is wrong with it, and its start.
import type { Place } from '../../address.ts';
import type { Problem, RunRequest } from '../../protocol.ts';
import type { App } from '../app.ts';
import { inPageWords } from './problem_words.ts';

export interface RequestDraft {
  /** Setting -> the text in its field that is no value for it. */
  readonly drafts: Map<string, string>;
  /** Setting, or 'arch' -> what is wrong with it. */
  readonly problems: Map<string, string>;
  /** While the worker looks at the request. */
  readonly starting: boolean;
  /** Shows a problem at its field, or above the page where it is about none. */
  refuse(problem: Problem): void;
  /** What was typed into a field is no value for it. */
  mistyped(name: string, text: string, problem: string): void;
  /** The architecture cannot be taken. */
  refuseArchitecture(message: string): void;
  /** Problems of the link that was followed, and those since. */
  allProblems(ofLink: readonly { readonly setting: string; readonly message: string }[]): Map<string, string>;
  /** Nothing of what was typed is left. */
  clear(): void;
  /** Starts it and goes to it, or to the first field that is wrong. */
  start(request: RunRequest, name: string, said: string, query?: Place['query']): Promise<void>;
}

const focusSetting = (name: string | undefined): void => document.getElementById(`setting-${name}`)?.focus();

/** @param isField whether the view has a field for a setting of that name */
export function createRequestDraft(app: App, isField: (setting: string) => boolean): RequestDraft {
  const drafts = new Map<string, string>();
  const problems = new Map<string, string>();
  let starting = false;

  const refuse = (problem: Problem): void => {
    const setting = problem.setting ?? '';
    if (isField(setting)) problems.set(setting, inPageWords(problem.message, setting));
    else app.fail(new Error(inPageWords(problem.message, null)));
    app.update();
  };

  return {
    drafts,
    problems,
    get starting() {
      return starting;
    },
    refuse,
    mistyped(name, text, problem) {
      drafts.set(name, text);
      problems.set(name, problem);
      app.update();
    },
    refuseArchitecture(message) {
      problems.set('arch', message);
      app.update();
    },
    allProblems: (ofLink) =>
      new Map([...ofLink.map(({ setting, message }) => [setting, message] as const), ...problems]),
    clear() {
      drafts.clear();
      problems.clear();
    },
    async start(request, name, said, query = {}) {
      if (problems.size > 0) return focusSetting([...problems.keys()][0]);
      starting = true;
      app.update();
      try {
        const record = await app.client.call('start', { request, name });
        app.store.keep(record);
        app.say(said);
        app.go({ view: 'runs', run: record.id, query });
      } catch (error) {
        const problem = app.fail(error);
        if (problem.setting !== null) {
          app.dismiss();
          refuse(problem);
          requestAnimationFrame(() => focusSetting(problem.setting!));
        }
      } finally {
        starting = false;
        app.update();
      }
    },
  };
}
