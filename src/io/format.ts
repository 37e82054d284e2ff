// Numbers as people read them.

/** 0.1234 -> '12.34%'. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** 3349342 -> '3.35' with two decimals. */
export const millions = (count: number, decimals: number): string => (count / 1e6).toFixed(decimals);

/** Bytes -> MiB. */
export const mebibytes = (bytes: number, decimals: number): string => (bytes / 2 ** 20).toFixed(decimals);
