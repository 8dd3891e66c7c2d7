/** Something that a reader of a page does. */
export type Instruction =
  | { readonly kind: 'run'; readonly line: number; readonly command: string }
  | { readonly kind: 'save'; readonly line: number; readonly path: string; readonly text: string };

/**
 * What a page tells its reader to do, in its order: each `sh` block is run, each `yaml` block is saved
 * under the path that the paragraph before it names.
 *
 * @throws Error where such a paragraph names no path, with the block's line.
 */
export function instructionsOf(page: string): Instruction[] {
  return [...page.matchAll(/^```(sh|ya?ml)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, language, text = ''] = match;
    const before = page.slice(0, match.index);
    const line = before.split('\n').length + 1;
    if (language === 'sh') return { kind: 'run', line, command: text };
    const paragraph = before.trimEnd().split(/\n\n/).at(-1) ?? '';
    const path = [...paragraph.matchAll(/`([^`\s]+\.ya?ml)`/g)].at(-1)?.[1];
    if (path === undefined) throw new Error(`Where is the block in line ${line} to be saved?`);
    return { kind: 'save', line, path, text };
  });
}
