// Numbers as people read them, in the page.

const WHOLE = new Intl.NumberFormat('en');

/** 12345 -> '12,345'. */
export const whole = (value: number): string => WHOLE.format(Math.round(value));

/** A share as a percentage: 0.1234 -> '12.3 %'. */
export const percent = (share: number, decimals = 1): string => `${(100 * share).toFixed(decimals)} %`;

/** A difference of percentages, with its sign: -0.0123 -> '−1.2'. */
export function signed(value: number, decimals = 1): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return `±${text}`;
  return `${value < 0 ? '−' : '+'}${text}`;
}

const SIZES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 1536 -> '1.5 KiB'. */
export function bytes(count: number): string {
  let size = count;
  let unit = 0;
  for (; size >= 1000 && unit < SIZES.length - 1; unit++) size /= 1024;
  return `${unit === 0 || size >= 100 ? whole(size) : size.toFixed(1)} ${SIZES[unit]}`;
}

/** 3349342 -> '3.35 M'. */
export const millions = (count: number): string => (count === 0 ? '0' : `${(count / 1e6).toFixed(2)} M`);

/** 75 -> '1 min 15 s'. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 10) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (minutes < 90) return `${minutes} min`;
  const hours = minutes / 60;
  return hours < 36 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`;
}

/** A figure with about four digits: 0.01234, 12.34, 1,234. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return whole(value);
  if (size === 0) return '0';
  if (size < 1e-3) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Milliseconds since 1970 -> '29 Nov 2026, 14:05' in the user's language. */
export const when = (time: number): string => WHEN.format(time);

/** The first characters of a digest, which are enough to tell two apart by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
