import { buildDist } from './bundle.mjs';

/**
 * Runs before every run of Jest, of one file as of all, and before each run of its watch mode: scenarios
 * run the bundle, so it is made from the sources as they are now. Where that fails, no test runs.
 */
export default buildDist;
