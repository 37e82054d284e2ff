// What a test does where the machine lacks what it needs.

/**
 * Ends a test that could test nothing: fails where CI is set; elsewhere test/run.mjs says so at the end, and does not
 * count the test as passed.
 * @param what is missing; test/run.mjs knows how to get it
 */
export function missing(what: string): void {
  const line = `MISSING  ${what}`;
  if (process.env['CI']) throw new Error(line);
  console.error(line);
}
