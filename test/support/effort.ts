// How much a test does: a little among the others, much where NAT_SOAK asks for it (npm run soak).

/** The number of cases: `few` in the suite, `many` in a soak. */
export const cases = (few: number, many: number): number => (process.env['NAT_SOAK'] ? many : few);
