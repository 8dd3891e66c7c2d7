import type { Block } from './hcl.js';

/** What {@link withOverrides} has to know of a block. */
interface InFile {
  readonly block: Block;
  readonly file: string;
}

/**
 * The blocks of a folder as Terraform takes them: what an override file says is merged into the block with the
 * same header, one file after the other by their names, and is no block of its own.
 *
 * Source: Terraform Language, "Override Files".
 */
export function withOverrides<T extends InFile>(sources: readonly T[]): readonly T[] {
  const overrides = sources
    .filter(isOverride)
    .toSorted((a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1));
  if (overrides.length === 0) return sources;
  const bases = new Map(sources.filter((it) => !isOverride(it)).map((it) => [it, it.block]));
  const alone: T[] = [];
  for (const override of overrides) {
    const header = headerOf(override.block);
    const same = [...bases].filter(([, block]) => headerOf(block) === header);
    // Terraform refuses one that overrides nothing; it is judged by itself.
    if (same.length === 0) alone.push(override);
    for (const [base, block] of same) bases.set(base, merged(block, override.block));
  }
  return [...[...bases].map(([base, block]) => ({ ...base, block })), ...alone];
}

function isOverride({ file }: InFile): boolean {
  return /(?:^|[/_])override\.(?:tf|tofu)$/.test(file);
}

function headerOf({ type, labels }: Block): string {
  return JSON.stringify([type, ...labels]);
}

/** Attributes replace those of the same name, and blocks all of the same type; those of `lifecycle` are merged. */
function merged(base: Block, override: Block): Block {
  const attributes = new Set(override.attributes.map(({ name }) => name));
  const blocks = new Set(override.blocks.map(typeOf));
  const lifecycle = base.blocks.find(({ type }) => type === 'lifecycle');
  return {
    ...base,
    attributes: [
      ...base.attributes.filter(({ name }) => !attributes.has(name)),
      ...override.attributes,
    ],
    blocks: [
      ...base.blocks.filter((it) => !blocks.has(typeOf(it))),
      ...override.blocks.map((it) =>
        it.type === 'lifecycle' && lifecycle !== undefined ? merged(lifecycle, it) : it,
      ),
    ],
  };
}

/** The type of the blocks that a block makes: a `dynamic` one makes those that its label names. */
function typeOf({ type, labels }: Block): string {
  return type === 'dynamic' ? (labels[0] ?? type) : type;
}
