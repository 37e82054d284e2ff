// The page as one value that every view gets: what is known, where one is, and what a view may ask for.
import type { TemplateResult } from 'lit-html';
import { formatPlace, parsePlace, type Place, type ViewName } from '../address.ts';
import { type Client, type Problem, ProblemError, type RunState } from '../protocol.ts';
import { type State, Store } from './store.ts';

/** A section of the page. */
export interface View {
  readonly name: ViewName;
  /** In the navigation, and in the window's title. */
  readonly title: string;
  /** Called when the address has led here, or changed within the view. */
  enter?(place: Place): void;
  render(place: Place): TemplateResult;
}

/** Something that went wrong, until it is dismissed. */
export interface Trouble {
  readonly message: string;
  readonly user: boolean;
}

/** Whether runs can be made here: an adapter is there. */
export const isRunnable = ({ environment }: State): boolean => (environment?.adapter ?? null) !== null;

/** What views get. */
export interface App {
  readonly client: Client;
  readonly store: Store;
  readonly state: State;
  readonly place: Place;
  readonly trouble: Trouble | null;
  /** Leads to another place; `replace` without an entry in the browser's history. */
  go(to: Partial<Place> & Pick<Place, 'view'>, replace?: boolean): void;
  /** Draws the page again, soon. */
  update(): void;
  /** Tells those who do not see the page. */
  say(text: string): void;
  /** Shows an error at the top of the page; returns it as the problem that it is. */
  fail(error: unknown): Problem;
  dismiss(): void;
}

/** What a run may come to that is worth telling, wherever one is on the page. */
const TOLD: readonly RunState[] = ['done', 'failed', 'paused'];

/** The address of a place of the page. */
export const addressOf = (to: Partial<Place> & Pick<Place, 'view'>): string =>
  formatPlace({ run: '', query: {}, ...to });

const problemOf = (error: unknown): Problem =>
  error instanceof ProblemError
    ? error.problem
    : { message: error instanceof Error ? error.message : String(error), user: false, setting: null };

/**
 * The page's state and its ways to change.
 * @param draw renders the page
 * @param arrive is called when the address has changed
 */
export function createApp(
  client: Client,
  { draw, arrive, say }: { draw(): void; arrive(place: Place): void; say(text: string): void },
): App {
  let due = false;
  let place = parsePlace(location.hash);
  let trouble: Trouble | null = null;

  const update = (): void => {
    if (due) return;
    due = true;
    // a hidden tab gets no animation frames, and should be right when it is looked at again
    const soon = document.hidden ? (work: () => void) => setTimeout(work, 500) : requestAnimationFrame;
    soon(() => {
      due = false;
      draw();
    });
  };
  const store = new Store(client, (what) => {
    if (what?.event === 'run' && TOLD.includes(what.record.state)) {
      say(`${what.record.name}: ${what.record.state}`);
    }
    update();
  });
  const moved = (): void => {
    place = parsePlace(location.hash);
    arrive(place);
    update();
  };
  addEventListener('hashchange', moved);

  return {
    client,
    store,
    state: store.state,
    get place() {
      return place;
    },
    get trouble() {
      return trouble;
    },
    go(to, replace = false) {
      const address = addressOf(to);
      if (address === location.hash) return;
      if (!replace) {
        location.hash = address;
        return;
      }
      history.replaceState(null, '', address);
      place = parsePlace(address);
      update();
    },
    update,
    say,
    fail(error) {
      const problem = problemOf(error);
      trouble = { message: problem.message, user: problem.user };
      update();
      return problem;
    },
    dismiss() {
      trouble = null;
      update();
    },
  };
}
