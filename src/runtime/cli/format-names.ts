import type { FORMATS } from '../../publish/formats.js';

/** The forms of the result: one for people at a terminal, and those of the report's files. */
export type FormatName = 'terminal' | keyof typeof FORMATS;

/** Without loading what renders them. */
export const FORMAT_NAMES = [
  'terminal',
  'markdown',
  'json',
  'sarif',
  'junit',
  'html',
] as const satisfies readonly FormatName[];
