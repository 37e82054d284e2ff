// An axis: round ticks, and where values lie along it.

/** Maps values to pixels along one axis. */
export interface Scale {
  (value: number): number;
  /** Where the axis has labels, ascending; the first and the last are its ends. */
  readonly ticks: readonly number[];
  /** Decimals that tell the ticks apart. */
  readonly decimals: number;
}

/** An axis that holds all values from `least` to `most`, with about `count` ticks at multiples of 1, 2 or 5 tenths. */
export function roundScale(
  [least, most]: readonly [number, number],
  [from, to]: readonly [number, number],
  count = 5,
  ticksFrom: 'round' | 'inside' = 'round',
): Scale {
  const span = most > least ? most - least : Math.max(Math.abs(most), 1) / 5;
  const [low, high] = most > least ? [least, most] : [least - span / 2, most + span / 2];
  const { step, decimals } = roundStep(span / count);
  const inside = ticksFrom === 'inside';
  // ends within a billionth of a tick are that tick
  const first = inside ? Math.ceil(low / step - 1e-9) : Math.floor(low / step + 1e-9);
  const last = inside ? Math.floor(high / step + 1e-9) : Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toFixed(decimals)),
  );
  const [start, end] = inside ? [low, high] : [ticks[0]!, ticks.at(-1)!];
  const map = (value: number): number => from + ((value - start) / (end - start)) * (to - from);
  return Object.assign(map, { ticks, decimals });
}

/** The next of 1, 2, 5, 10, 20 ... times a power of ten, and its decimals. */
function roundStep(least: number): { step: number; decimals: number } {
  let power = 1;
  let decimals = 0;
  while (power > least) {
    power /= 10;
    decimals++;
  }
  while (power * 10 <= least) {
    power *= 10;
    decimals--;
  }
  const factor = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return { step: factor * power, decimals: Math.max(0, factor === 10 ? decimals - 1 : decimals) };
}

/** 12000 as 12,000; with the decimals of its axis. */
export function tickLabel(value: number, decimals: number): string {
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
