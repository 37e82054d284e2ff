// Progress on standard error: a bar on an interactive terminal, with curves above it where there is room, otherwise a plain line now and then, or JSON lines. And
// the other way round: the user's wish to stop.

import { oneLine } from '../../runtime/errors.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { describeNeeds, type MetricsRow, type RunObserver } from '../run/observer.ts';
import type { WorkAhead } from '../run/work_ahead.ts';
import { type Style, styleOf } from './layout.ts';
import { createSummary, SUMMARY_COLUMNS } from './summary.ts';
import { createTimeLeft } from '../run/time_left.ts';

export interface ProgressEvent {
  /** What is being done: 'epoch 2/6 weights'. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** What is left of the whole job; without it, this is the job. */
  readonly ahead?: readonly WorkAhead[] | undefined;
  /** There is more to do, of a kind that nobody knows yet how long it takes. */
  readonly more?: boolean | undefined;
  /** Numbers worth seeing: { loss: 2.1, accuracy: 0.31 }. */
  readonly values?: Readonly<Record<string, number>>;
}

export interface Progress {
  update(event: ProgressEvent): void;
  /** Takes in a line of metrics.jsonl, for what stands above the bar. */
  measured(row: MetricsRow): void;
  /** Prints a line that stays. */
  note(text: string): void;
  /** Tells that the next update belongs to another part of the job, which begins only now. */
  begins(): void;
  /** Ends the bar, if one is drawn. */
  finish(): void;
}

/** Least time between two outputs, in milliseconds. */
const INTERVAL = { bar: 100, line: 5000, json: 1000 };
/** Widths of the bar, from the widest on: as much else as there is room for stands beside it. */
const BAR_WIDTHS = [24, 12, 0];

/** Draws a line in place of the one before: a terminal that is too narrow cuts it, and does not begin another. */
const drawn = (line: string): string => `\r\x1b[?7l${line}\x1b[K\x1b[?7h`;

/** To the first of so many lines, from the last one. */
const upwards = (lines: number): string => (lines > 1 ? `\x1b[${lines - 1}A` : '');

/** Erases what stands below the cursor. */
const BELOW = '\x1b[J';

/** The last event of a label (done equals total) is always shown. */
export function createProgress(platform: Platform, options: { json: boolean }): Progress {
  const { terminal } = platform;
  const form = options.json ? 'json' : terminal.interactive ? 'bar' : 'line';
  const style = styleOf(terminal.screens?.err);
  let timeLeft = createTimeLeft();
  let shownAt = -Infinity;
  let part = { label: '', startedAt: 0, left: Infinity };
  const summary = createSummary();
  /** Lines that are on the screen: those of the summary, and the bar. */
  let linesDrawn = 0;

  const clearBar = (): void => {
    if (linesDrawn > 0) terminal.err(`${upwards(linesDrawn)}${drawn('')}${linesDrawn > 1 ? BELOW : ''}`);
    linesDrawn = 0;
  };

  /** Seconds that the whole job still takes. */
  const estimate = ({ done, total, ahead }: ProgressEvent, now: number): number | null => {
    if (ahead) return timeLeft.update(ahead, now);
    const left = total - done;
    // another part, of which what is known of the one before does not tell
    if (left > part.left) timeLeft = createTimeLeft();
    part.left = left;
    return timeLeft.update([{ phase: '', steps: left }], now);
  };

  return {
    update(event) {
      const now = platform.now();
      if (event.label !== part.label) part = { ...part, label: event.label, startedAt: now };
      const left = estimate(event, now);
      if (terminal.quiet || (now - shownAt < INTERVAL[form] && event.done < event.total)) return;
      shownAt = now;
      const words = { ...wordsOf(event), left: timeInWords(event, left) };
      if (form === 'json') {
        const { label: what, done, total, values } = event;
        const seconds = rounded((now - part.startedAt) / 1000);
        const estimated = left === null ? {} : { seconds_left: rounded(left) };
        terminal.err(
          `${JSON.stringify({ progress: what, done, total, seconds, ...estimated, ...values })}\n`,
        );
      } else if (form === 'bar') {
        const columns = terminal.screens?.err?.columns ?? SUMMARY_COLUMNS;
        const above = columns < SUMMARY_COLUMNS ? [] : summary.lines(style);
        // one column stays free: some terminals begin a line once the last one is used
        const lines = [...above, barLine(event, words, columns - 1, style)].map(drawn);
        // what is there of more lines, as before the window became narrower
        const rest = linesDrawn > lines.length ? BELOW : '';
        terminal.err(`${upwards(linesDrawn)}${lines.join('\n')}${rest}`);
        linesDrawn = lines.length;
      } else {
        terminal.err(`${words.what}${words.values}${words.left}\n`);
      }
    },
    measured: summary.add,
    note(text) {
      if (terminal.quiet) return;
      clearBar();
      terminal.err(form === 'json' ? `${JSON.stringify({ note: text })}\n` : `${oneLine(text)}\n`);
    },
    begins() {
      timeLeft.pause();
    },
    finish() {
      if (linesDrawn > 0) terminal.err('\n');
      linesDrawn = 0;
    },
  };
}

/**
 * Shows a run's progress, and tells the run once the user has asked to stop.
 * @param stopping what to tell the user then
 */
export function terminalObserver(platform: Platform, progress: Progress, stopping: string): RunObserver {
  let interrupted = false;
  platform.onInterrupt(() => {
    interrupted = true;
    progress.note(stopping);
  });
  return {
    planned: (needs) => progress.note(describeNeeds(needs)),
    note: progress.note,
    metrics: progress.measured,
    progress: ({ latest = {}, ...event }) => progress.update({ ...event, values: shownValues(latest) }),
    now: platform.now,
    interrupted: () => interrupted,
  };
}

/** What of a line of metrics.jsonl is worth seeing beside the progress. */
function shownValues(row: MetricsRow): Record<string, number> {
  const { loss = null, accuracy, top1, reward } = row;
  const shown = { loss, accuracy: accuracy ?? top1, reward };
  return Object.fromEntries(
    Object.entries(shown).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : [])),
  );
}

/** The parts of a line of progress. */
interface Words {
  /** 'epoch 2/6 weights 20/40' */
  readonly what: string;
  readonly values: string;
  readonly left: string;
}

function wordsOf({ label, done, total, values = {} }: ProgressEvent): Omit<Words, 'left'> {
  const numbers = Object.entries(values).map(([name, value]) => ` ${name} ${rounded(value)}`);
  return { what: oneLine(`${label} ${done}/${total}`), values: numbers.join('') };
}

function timeInWords({ done, total, ahead, more }: ProgressEvent, left: number | null): string {
  const over = done >= total && (ahead ?? []).every(({ steps }) => steps === 0);
  if (left === null || over) return '';
  return `, ${more ? 'more than ' : ''}${duration(left)} left`;
}

/** The line with the widest bar that fits; where none does, without its values, and at last cut. */
function barLine(
  event: ProgressEvent,
  { what, values, left }: Words,
  columns: number,
  { dim }: Style,
): string {
  const filled = (width: number): string => {
    const count = Math.round(width * Math.min(1, event.done / Math.max(1, event.total)));
    return width === 0 ? '' : `[${'#'.repeat(count)}${dim('.'.repeat(width - count))}] `;
  };
  for (const text of [`${what}${values}${left}`, `${what}${left}`]) {
    for (const width of BAR_WIDTHS) {
      if (text.length + (width === 0 ? 0 : width + 3) <= columns) return filled(width) + text;
    }
  }
  return `${what}${left}`.slice(0, Math.max(0, columns));
}

/** '45 s', '3 min 20 s', '2 h 5 min'. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Four significant digits. */
const rounded = (value: number): number => Number(value.toPrecision(4));
