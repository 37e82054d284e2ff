// What a test does where the machine lacks what it needs.

/** Fails where CI is set; elsewhere test/run.mjs shows the line, since nothing was tested. */
export function missing(what: string): void {
  const line = `MISSING  ${what}, so nothing was tested there`;
  if (process.env['CI']) throw new Error(line);
  console.error(line);
}
