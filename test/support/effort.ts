// How much a test does: a little among the others, much where NAT_SOAK asks for it, which is the share of all that
// `npm run soak` does.

/** The number of cases: `few` in the suite, `many` in a whole soak. */
export const cases = (few: number, many: number): number => {
  const share = Number(process.env['NAT_SOAK'] ?? 0);
  return share > 0 ? Math.max(few, Math.round(share * many)) : few;
};
