// The mean of a quantity over seeds, and how well it is known.
export { type Interval, interval } from '../core/statistics.ts';
