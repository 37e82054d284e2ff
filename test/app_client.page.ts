// The client of the page's worker, for tests that speak to it without the page around it.
export { openClient } from '../src/app/client.ts';
