import type { CloudFormation } from '../../aws/cloudformation.js';
import type { ApiKind } from '../../model/api-kind.js';
import { ConfigurationError } from '../../model/errors.js';
import type { ApiDescription, Reading, Unlisted, Unreadable } from '../../model/evidence.js';
import { type Matched, parseSelector, type Selector } from '../../model/selector.js';
import type { KnownApi } from '../collect.js';
import type { KindReader } from '../kind.js';
import { unreadable } from '../reading.js';
import { readStack, type StackContent } from './stack.js';

/** The APIs that selectors stand for. */
export interface Selection {
  /** In the order of the selectors, each once. */
  readonly apiIds: readonly string[];
  /** What need not be found out again. */
  readonly known: ReadonlyMap<string, KnownApi>;
  /** What each selector stands for; ids stand for themselves, and are not here. */
  readonly matched: readonly Matched[];
  /** Why APIs may be missing; `null` where none is. */
  readonly unlisted: Unlisted | null;
}

/** Where selectors are looked up. */
export interface Sources {
  readonly readers: readonly KindReader[];
  readonly cloudFormation: () => Promise<CloudFormation>;
}

/** An API that was found. */
interface Found {
  readonly id: string;
  readonly kind: ApiKind | null;
  readonly known: ApiDescription | null;
}

/** Every API of the region; without a reason, none is missing. */
interface Region {
  readonly apis: readonly Found[];
  readonly unreadable: Unreadable | null;
}

type StackSelector = Extract<Selector, { by: 'stack' }>;

/** What a selector came to. */
interface Outcome {
  readonly found: readonly Found[];
  readonly problem: string | null;
  readonly unlisted: Unlisted | null;
}

/**
 * Finds the APIs that selectors stand for. Stacks are asked about in CloudFormation: it knows every API of
 * theirs, while the tags that it sets reach APIs of some resource types alone ("The propagation of
 * stack-level tags to resources, including tags with the aws: prefix, varies by resource type":
 * CloudFormation Template Reference, "CloudFormation resource tagging"), such as not those of
 * AWS::Serverless::HttpApi. Where CloudFormation may not be asked, an audit judges what the tags name, and
 * knows all of it where they name the one API that was meant.
 *
 * @param isToChange a run that may change what it finds; one that is not certain of an API leaves it alone.
 * @throws ConfigurationError naming every selector that stands for nothing.
 */
export async function selectApis(
  texts: readonly string[],
  sources: Sources,
  { region, isToChange }: { readonly region: string; readonly isToChange: boolean },
): Promise<Selection> {
  const selectors = texts.map((text) => ({ text, selector: parsed(text) }));
  const stacks = new Map(
    await Promise.all(
      selectors.flatMap(({ text, selector }) =>
        selector.by === 'stack' ? [readingOf(text, selector, sources)] : [],
      ),
    ),
  );
  const isListed = selectors.some(({ text, selector: { by } }) =>
    by === 'stack' ? stacks.get(text)?.readable === false : by !== 'id',
  );
  const all: Region = isListed ? await listAll(sources.readers) : { apis: [], unreadable: null };
  const outcomes = selectors.map(({ text, selector }) => ({
    text,
    by: selector.by,
    ...outcomeOf(text, selector, stacks.get(text), all, { region, isToChange }),
  }));
  const problems = outcomes.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const found = new Map<string, Found>();
  for (const api of outcomes.flatMap((it) => it.found)) {
    const before = found.get(api.id);
    found.set(api.id, before?.known == null ? api : before);
  }
  return {
    apiIds: [...found.keys()],
    known: new Map([...found].flatMap(([id, it]) => knownOf(id, it))),
    matched: outcomes
      .filter(({ by }) => by !== 'id')
      .map((it) => ({
        selector: it.text,
        apis: it.found.map(({ id, known }) => ({ id, name: known?.name ?? null })),
      })),
    unlisted: outcomes.find(({ unlisted }) => unlisted !== null)?.unlisted ?? null,
  };
}

function knownOf(id: string, { kind, known }: Found): [string, KnownApi][] {
  if (kind === null) return [];
  const description = known === null ? null : { readable: true as const, value: known };
  return [[id, { kind, description }]];
}

function parsed(text: string): Selector {
  const selector = parseSelector(text);
  if (selector === null) throw new Error(`${text} is no selector`);
  return selector;
}

async function readingOf(
  text: string,
  { stack, logicalId }: StackSelector,
  { cloudFormation, readers }: Sources,
): Promise<readonly [string, Reading<StackContent | null>]> {
  const content = await readStack(stack, logicalId, cloudFormation);
  if (!content.readable || content.value === null) return [text, content];
  // Those of other kinds are none of this run's, as in a list.
  const apis = content.value.apis.filter(({ kind: own }) =>
    readers.some(({ kind }) => (own === null ? kind !== 'REST' : kind === own)),
  );
  return [text, { readable: true, value: { ...content.value, apis } }];
}

async function listAll(readers: readonly KindReader[]): Promise<Region> {
  const listings = await Promise.all(
    readers.map(async (reader) => ({ kind: reader.kind, ...(await reader.list()) })),
  );
  const apis = listings.flatMap(({ kind, apis: own }) =>
    own.map(({ id, known }) => ({
      kind,
      id,
      known: known?.readable === true ? known.value : null,
    })),
  );
  const undescribed = apis.some(({ known }) => known === null);
  return {
    apis,
    unreadable:
      listings.find((it) => it.unreadable !== null)?.unreadable ??
      (undescribed
        ? unreadable('The list', 'described not every API', 'Run the job again.')
        : null),
  };
}

interface Circumstances {
  readonly region: string;
  readonly isToChange: boolean;
}

function outcomeOf(
  text: string,
  selector: Selector,
  stack: Reading<StackContent | null> | undefined,
  all: Region,
  circumstances: Circumstances,
): Outcome {
  switch (selector.by) {
    case 'id':
      return certain([{ id: selector.id, kind: null, known: null }]);
    case 'name':
      return ofName(text, selector.name, all, circumstances);
    case 'tag': {
      const { key, value } = selector;
      return listed(text, withTags(all, { [key]: value }), all, circumstances);
    }
    case 'stack':
      if (stack === undefined) throw new Error(`${text} was not looked up`);
      return stack.readable
        ? ofStack(text, selector, stack.value, circumstances)
        : byTags(text, selector, stack, all, circumstances);
  }
}

/** Names of APIs need not differ: an audit judges all of a name, and what changes APIs must know which. */
function ofName(text: string, name: string, all: Region, circumstances: Circumstances): Outcome {
  const found = all.apis.filter(({ known }) => known?.name === name);
  if (circumstances.isToChange && found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    return refused(
      `${text} is the name of ${found.length} APIs: ${ids}. Only an audit takes a name for several. Give the id of each API that is to be changed, or name them by a tag or a stack.`,
    );
  }
  // Another API of the name may be among those that were not listed.
  if (circumstances.isToChange && all.unreadable !== null) {
    return { found: [], problem: null, unlisted: all.unreadable };
  }
  return listed(text, found, all, circumstances);
}

function listed(
  text: string,
  found: readonly Found[],
  { apis, unreadable: why }: Region,
  { region }: Circumstances,
): Outcome {
  if (found.length > 0 || why !== null) return { found, problem: null, unlisted: why };
  const similar = apis.find(({ known }) => isSimilar(text, known));
  const hint =
    similar === undefined
      ? 'Check it, the region and whose credentials the step uses.'
      : `Upper and lower case count: there is name:${similar.known?.name} (${similar.id}).`;
  return refused(`${text} is no API of ${region}. ${hint}`);
}

function isSimilar(text: string, known: ApiDescription | null): boolean {
  return known !== null && `name:${known.name}`.toLowerCase() === text.toLowerCase();
}

function ofStack(
  text: string,
  { stack, logicalId }: StackSelector,
  content: StackContent | null,
  { region }: Circumstances,
): Outcome {
  if (content === null) {
    return refused(
      `there is no stack ${stack} in ${region}. Check its name, the region and whose credentials the step uses.`,
    );
  }
  const { apis, unfinished } = content;
  if (unfinished.length > 0) {
    const names = unfinished.join(', ');
    const unlisted = {
      ...unreadable(
        'ListStackResources',
        `shows that ${names} of it has no id yet`,
        'Run the job again when the deployment of the stack is over.',
      ),
      what: `The list of the APIs of ${text}`,
    };
    return { found: apis.map(ofResource), problem: null, unlisted };
  }
  if (apis.length > 0) return certain(apis.map(ofResource));
  return refused(
    logicalId === null
      ? `the stack ${stack} holds no API. Name the stack that does.`
      : `the stack ${stack} holds no API ${logicalId}. Name it by its logical id, as the tab Resources of the stack shows it; stack:${stack} means all of its APIs.`,
  );
}

function ofResource({ id, kind }: StackContent['apis'][number]): Found {
  return { id, kind, known: null };
}

/**
 * A stack that could not be read, by the tags that CloudFormation sets and nobody else can ("The aws: prefix
 * is reserved for AWS use", CloudFormation Template Reference). An API that a stack has left behind keeps
 * them, so that nothing is changed on their word.
 */
function byTags(
  text: string,
  { stack, logicalId }: StackSelector,
  why: Unreadable,
  all: Region,
  { isToChange }: Circumstances,
): Outcome {
  const unlisted = { ...why, what: `The list of the APIs of ${text}` };
  if (isToChange) return { found: [], problem: null, unlisted };
  const found = withTags(all, {
    'aws:cloudformation:stack-name': stack,
    ...(logicalId === null ? {} : { 'aws:cloudformation:logical-id': logicalId }),
  });
  const isCertain = logicalId !== null && found.length === 1;
  return { found, problem: null, unlisted: isCertain ? null : unlisted };
}

function withTags({ apis }: Region, tags: Readonly<Record<string, string>>): Found[] {
  return apis.filter(({ known }) =>
    Object.entries(tags).every(([key, value]) => {
      const own = known?.tags ?? {};
      return Object.hasOwn(own, key) && own[key] === value;
    }),
  );
}

function certain(found: readonly Found[]): Outcome {
  return { found, problem: null, unlisted: null };
}

function refused(problem: string): Outcome {
  return { found: [], problem: `api-id: ${problem}`, unlisted: null };
}
