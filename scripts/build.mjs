import { buildDist } from './bundle.mjs';

/* Makes `dist/` from the sources: `npm run build`. */

await buildDist();
