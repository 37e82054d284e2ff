// Only handed on to Benchmark.js (page_globals.ts).
declare module 'lodash' {
  const lodash: object;
  export default lodash;
}
