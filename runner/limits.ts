import type { AnnotationCommand } from './commands.js';

/** A larger summary is not uploaded at all (GitHub Docs, "Workflow commands", step isolation and limits). */
const SUMMARY_BYTES = 1024 * 1024;
/** So many annotations of a level a step are shown (ExecutionContext.cs of actions/runner). */
const ANNOTATIONS_A_LEVEL = 10;
/** And so much of each. */
const MESSAGE_CHARACTERS = 4096;

/** The summary as GitHub shows it: none where it is too large. */
export function shownSummary(text: string): string {
  return Buffer.byteLength(text) > SUMMARY_BYTES ? '' : text;
}

/** The annotations of a step as GitHub shows them: the first ten of each level, cut. */
export function shownAnnotations(all: readonly AnnotationCommand[]): AnnotationCommand[] {
  const counts: Record<string, number> = {};
  return all.flatMap((annotation) => {
    const count = (counts[annotation.level] ?? 0) + 1;
    counts[annotation.level] = count;
    if (count > ANNOTATIONS_A_LEVEL) return [];
    return [{ ...annotation, message: annotation.message.slice(0, MESSAGE_CHARACTERS) }];
  });
}
