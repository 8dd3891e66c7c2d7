import type { DeclaredApi, Language, Undeployable, Unresolved } from '../../../model/declared.js';
import type { Files } from '../files.js';
import type { Node } from '../node.js';
import type { Resource } from './resources.js';
import type { Scope } from './scope.js';

/** A template to read, and what is known of it beside its text. */
export interface TemplateRequest {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
  readonly files: Files;
  readonly language: Exclude<Language, 'openapi' | 'terraform' | 'sam'>;
  /** Facts about parameters. */
  readonly given: Scope['given'];
  readonly stack: string | null;
  /** The logical ids of the stacks that nest this one, each with `/` after it. */
  readonly prefix: string;
  /** The templates that nest this one, outermost first. */
  readonly nestedIn?: readonly string[];
  /** How many nested templates may still be read, for all of them together. */
  readonly budget?: { left: number };
  /** Where a file lies that a template names by bucket and key, or by its asset's metadata. */
  readonly assetOf?: (resource: Resource, key: string | undefined) => string | null;
  /** Where the template of a nested stack lies, when its URL does not say it. */
  readonly nestedOf?: (resource: Resource) => string | null;
}

/** What a template declares, with what it nests. */
export interface TemplateReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: readonly Undeployable[];
  /** Whether the template is SAM's. */
  readonly isSam: boolean;
}
