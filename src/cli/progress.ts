// Progress on standard error: a bar on an interactive terminal, otherwise a plain line now and then, or JSON lines. And
// the other way round: the user's wish to stop.

import type { Platform } from '../../runtime/host/platform.ts';
import { describeNeeds, type MetricsRow, type RunObserver } from '../run/observer.ts';

export interface ProgressEvent {
  /** What is being done: 'epoch 2/6 weights'. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Numbers worth seeing: { loss: 2.1, accuracy: 0.31 }. */
  readonly values?: Readonly<Record<string, number>>;
}

export interface Progress {
  update(event: ProgressEvent): void;
  /** Prints a line that stays. */
  note(text: string): void;
  /** Ends the bar, if one is drawn. */
  finish(): void;
}

/** Least time between two outputs, in milliseconds. */
const INTERVAL = { bar: 100, line: 5000, json: 1000 };
const BAR_WIDTH = 24;
const LINE_WIDTH = 79;

/** The last event of a label (done equals total) is always shown. */
export function createProgress(platform: Platform, options: { json: boolean }): Progress {
  const { terminal } = platform;
  const form = options.json ? 'json' : terminal.interactive ? 'bar' : 'line';
  let shownAt = -Infinity;
  let label = '';
  let startedAt = 0;
  let barDrawn = false;

  const clearBar = (): void => {
    if (barDrawn) terminal.err(`\r${' '.repeat(LINE_WIDTH)}\r`);
    barDrawn = false;
  };

  return {
    update(event) {
      const now = platform.now();
      if (event.label !== label) {
        label = event.label;
        startedAt = now;
      }
      if (now - shownAt < INTERVAL[form] && event.done < event.total) return;
      shownAt = now;
      const seconds = (now - startedAt) / 1000;
      if (form === 'json') {
        const { label: what, done, total, values } = event;
        terminal.err(
          `${JSON.stringify({ progress: what, done, total, seconds: rounded(seconds), ...values })}\n`,
        );
      } else if (form === 'bar') {
        terminal.err(`\r${barLine(event, seconds).slice(0, LINE_WIDTH).padEnd(LINE_WIDTH)}`);
        barDrawn = true;
      } else {
        terminal.err(`${plainLine(event, seconds)}\n`);
      }
    },
    note(text) {
      clearBar();
      terminal.err(form === 'json' ? `${JSON.stringify({ note: text })}\n` : `${text}\n`);
    },
    finish() {
      if (barDrawn) terminal.err('\n');
      barDrawn = false;
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

function barLine(event: ProgressEvent, seconds: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, event.done / Math.max(1, event.total)));
  return `[${'#'.repeat(filled).padEnd(BAR_WIDTH, '.')}] ${plainLine(event, seconds)}`;
}

function plainLine(event: ProgressEvent, seconds: number): string {
  const { label, done, total, values = {} } = event;
  const numbers = Object.entries(values).map(([name, value]) => ` ${name} ${rounded(value)}`);
  return `${label} ${done}/${total}${numbers.join('')}${timeLeft(event, seconds)}`;
}

function timeLeft({ done, total }: ProgressEvent, seconds: number): string {
  if (done <= 0 || done >= total) return '';
  return `, ${duration((seconds * (total - done)) / done)} left`;
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
