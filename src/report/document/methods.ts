import { nameOfKind } from '../../model/api-kind.js';
import { isDeclaredId } from '../../model/declared-id.js';
import type { Location, ReportedMethod } from '../report.js';
import { fixInLine } from '../snippet.js';
import { count, countOf, formatNumber, nounOf } from '../wording.js';
import { sayAnswers, sayMethod, sayType } from './cells.js';
import { BREAK, type Content, join, name, paragraph, prose, type Said, strong } from './content.js';
import { countOpen, type JudgedApi, type JudgedMethod } from './judged.js';
import { layersOf } from './layers.js';
import { fileLink, type Links, ruleLink } from './links.js';
import { listLines } from './listed.js';
import { type Body, type Column, type Heading, linesOf, type Part } from './part.js';
import { RANKS } from './ranks.js';
import { sayFix, sayInLine, sayProse, shortName } from './saying.js';
import { iconOf, isOnTop, markOf } from './state.js';

/** Methods of an API that get room before any API gets more. */
const FIRST = 20;

/** Messages of one rule in a group that are said above it; more are said in the lines. */
const SHARED_MESSAGES = 2;

/** What the parts of all APIs need. */
export interface Shown {
  readonly nameOf: (api: string) => string;
  readonly anchorOf: (index: number) => string;
  readonly links: Links;
}

/**
 * An API with what is wrong with it: its methods by what mends them, worst first, one line a method and
 * stage; then what is about no single method.
 *
 * @param isAlone the headline has said how many of its methods are open.
 */
export function partsOfApi(api: JudgedApi, shown: Shown, isAlone: boolean): Part[] {
  const heading = headingOf(api, shown, isAlone);
  const groups = Map.groupBy(
    api.shown.filter(({ state }) => isOnTop(state)),
    groupKeyOf,
  );
  const all = [...groups.values()];
  const explained = all.filter((methods) => methods.some(hasFindings));
  const listed = api.listed.filter(({ known }) => !known);
  const parts: Part[] = [
    ...explained.map((methods) => partOfGroup(methods, api, shown)),
    ...(listed.length === 0
      ? []
      : [
          {
            ...(explained.length === 0 ? {} : { said: [paragraph('About the API as a whole:')] }),
            body: { kind: 'list' as const, lines: listLines(listed, shown) },
            noun: 'finding',
          },
        ]),
    // Why these are not known is said of the API.
    ...all
      .filter((methods) => !methods.some(hasFindings))
      .map((methods) => partOfGroup(methods, api, shown)),
  ];
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  const place = sharedPlace(api);
  const asked = place === null ? [] : [['asked for in ', ...fileLink(place, shown.links)]];
  const said = [...describeApi(api, asked), ...(first.said ?? [])];
  return [{ ...first, heading, said }, ...rest];
}

/** The one place that all findings about the methods of an API point to; `null` where they differ. */
function sharedPlace({ methods }: Pick<JudgedApi, 'methods'>): Location | null {
  const places = methods.flatMap(({ findings }) => findings.map(({ location }) => location));
  const [first] = places;
  if (first === undefined || first === null) return null;
  const isSame = places.every((it) => it?.file === first.file && it.line === first.line);
  return isSame ? first : null;
}

function hasFindings({ findings }: JudgedMethod): boolean {
  return findings.length > 0;
}

/** `❌ orders: 3 of 12 methods can be called without IAM`. */
function headingOf(api: JudgedApi, { nameOf, anchorOf }: Shown, isAlone: boolean): Heading {
  const { methods } = api;
  const open = countOpen(methods);
  const noun = nounOf(methods.map(({ method }) => method));
  const total = countOf(methods.length, noun);
  const onTop = methods.filter(({ state }) => isOnTop(state)).length;
  const words =
    open > 0
      ? `${formatNumber(open)} of ${total} can be called without IAM`
      : onTop > 0
        ? `${formatNumber(onTop)} of ${total} to look at`
        : methods.length === 0
          ? `no ${noun.one} was judged`
          : `${total} in order, the API is not`;
  return {
    level: 3,
    content: [
      ...iconOf(api.state),
      ' ',
      prose(shortName(nameOf(api.id))),
      isAlone ? '' : `: ${words}`,
    ],
    anchor: anchorOf(api.index),
  };
}

/** A line a stage: what it serves, and where; then where the API was asked for. */
function describeApi({ kind, stages }: JudgedApi, asked: readonly Content[]): Said[] {
  // REST is what nobody needs to be told.
  const kinds: Content[] = kind === 'REST' ? [] : [[nameOfKind(kind)]];
  if (kinds.length + stages.length + asked.length === 0) return [];
  const lines = stages.slice(0, 5).map((stage): Content => {
    const { autoDeploy, canary, deploymentId, deploymentStatus, invokeUrl } = stage;
    return [
      strong(prose(shortName(stage.name))),
      ': ',
      ...(deploymentId === null
        ? ['no deployment']
        : ['deployment ', name(shortName(deploymentId))]),
      // That it is deployed is the rule.
      ...(deploymentStatus === 'PENDING' || deploymentStatus === 'FAILED'
        ? [` (${deploymentStatus})`]
        : []),
      ...(autoDeploy === undefined ? [] : [`, AutoDeploy ${autoDeploy ? 'on' : 'off'}`]),
      ...(canary === null
        ? []
        : [
            ', canary ',
            name(shortName(canary.deploymentId)),
            ` with ${canary.percentTraffic} % of the traffic`,
          ]),
      ...(invokeUrl === '' ? [] : [', ', name(shortName(invokeUrl))]),
    ];
  });
  const more = stages.length - lines.length;
  const all = [
    ...kinds,
    ...lines,
    ...(more > 0 ? [[`and ${count(more, 'more stage')}`]] : []),
    ...asked,
  ];
  return [paragraph(...all.flatMap((line, index) => (index === 0 ? line : [BREAK, ...line])))];
}

/** Methods that the same words mend. */
function groupKeyOf({ findings }: JudgedMethod): string {
  return JSON.stringify(fixesOf(findings).map(fixInLine));
}

function rulesOf(findings: JudgedMethod['findings']): string[] {
  return [...new Set(findings.map(({ rule }) => rule))];
}

/** Findings that say all that is to be done, without what another fix says as well and goes on from. */
function fixesOf(findings: JudgedMethod['findings']): JudgedMethod['findings'] {
  const byWords = new Map(findings.map((finding) => [fixInLine(finding), finding]));
  const all = [...byWords.keys()];
  const isSaid = (fix: string): boolean =>
    fix === '' || all.some((other) => other !== fix && other.startsWith(fix));
  return [...byWords].flatMap(([fix, finding]) => (isSaid(fix) ? [] : [finding]));
}

function partOfGroup(methods: readonly JudgedMethod[], api: JudgedApi, shown: Shown): Part {
  const [first] = methods;
  const fix = fixesOf(first?.findings ?? []).flatMap((finding, index) =>
    sayFix(finding, [strong(index === 0 ? 'Fix:' : 'And:'), ' ']),
  );
  const byRule = Map.groupBy(
    methods.flatMap(({ findings }) => findings),
    ({ rule }) => rule,
  );
  const inLines = new Set<string>();
  const rules = [...byRule].flatMap(([rule, findings]) => {
    const messages = [...new Set(findings.map(({ message }) => message))];
    if (messages.length > SHARED_MESSAGES) inLines.add(rule);
    const words = inLines.has(rule) ? 'each its own, below' : messages.join(' ');
    const found = methods.filter((it) => it.findings.some((finding) => finding.rule === rule));
    const some = found.length === methods.length ? '' : ` (${formatNumber(found.length)})`;
    return sayProse(words, [...ruleLink(rule, shown.links), `${some}: `]);
  });
  return {
    said: [...fix, ...inOneParagraph(rules)],
    body: methodTable(methods, { api, inLines, links: shown.links }),
    noun: nounOf(methods.map(({ method }) => method)).one,
  };
}

/** A line each, as far as no block of code stands between them. */
function inOneParagraph(said: readonly Said[]): Said[] {
  const merged: Said[] = [];
  for (const it of said) {
    const last = merged.at(-1);
    if (it.kind === 'paragraph' && last?.kind === 'paragraph') {
      merged[merged.length - 1] = paragraph(...last.content, BREAK, ...it.content);
    } else merged.push(it);
  }
  return merged;
}

/** What a table of methods needs besides them. */
interface Tabled {
  readonly links: Links;
  /** The API that they are of; without it, each names its own. */
  readonly api?: JudgedApi;
  readonly nameOf?: (api: string) => string;
  /** Rules whose messages differ, and stand with each method. */
  readonly inLines?: ReadonlySet<string>;
}

/** A table of methods; the stage is named where the API has several. */
export function methodTable(methods: readonly JudgedMethod[], tabled: Tabled): Body {
  const { api, links, nameOf, inLines } = tabled;
  const layers = layersOf(methods.map(({ method }) => method));
  const columns: Column[] = [
    { title: 'Verdict' },
    { title: titleOf(methods) },
    ...layers.map(({ title }): Column => ({ title, group: { ...EVIDENCE, says: 'title first' } })),
    { title: 'Answers', group: { ...EVIDENCE, says: 'value alone' } },
  ];
  const isPlaced = api !== undefined && sharedPlace(api) === null;
  const hasStages = api === undefined || api.stages.length !== 1;
  const lines = linesOf(methods, (it, index) => {
    const { method, state, findings } = it;
    const where = placeOf(method, nameOf);
    const place = isPlaced ? findings.find(({ location }) => location !== null)?.location : null;
    const remarks = findings
      .filter(({ rule }) => inLines?.has(rule))
      .flatMap(({ message }): Content => [BREAK, ...sayInLine(message)]);
    return {
      cells: [
        markOf(state),
        [
          ...sayMethod(method),
          ...(hasStages && where !== '' ? [' in ', prose(shortName(where))] : []),
          ...(place ? [BREAK, ...fileLink(place, links)] : []),
        ],
        ...layers.map(({ typeOf, isExpected }) =>
          typeOf(method) === null && !isExpected(method) ? [] : sayType(typeOf(method)),
        ),
        [
          ...sayAnswers(method),
          ...remarks,
          ...nameRules('known', it.known, links),
          ...nameRules('excepted', it.excused, links),
        ],
      ],
      rank: isOnTop(state) ? (index < FIRST ? RANKS.worst : RANKS.found) : RANKS.inOrder,
      about: {
        api: method.api,
        rules: rulesOf([...findings, ...it.known, ...it.excused]),
        state,
      },
    };
  });
  return { kind: 'table', columns, lines };
}

/** `known: deployed-not-iam`, for what does not count. */
function nameRules(word: string, findings: JudgedMethod['findings'], links: Links): Content {
  const rules = rulesOf(findings);
  if (rules.length === 0) return [];
  const named = rules.map((rule) => ruleLink(rule, links));
  return [BREAK, `${word}: `, ...join(named, ', ')];
}

/** `Method`, or `Route` where there is nothing else. */
function titleOf(methods: readonly JudgedMethod[]): string {
  return nounOf(methods.map(({ method }) => method)).one === 'route' ? 'Route' : 'Method';
}

const EVIDENCE = { title: 'Layers and answers' } as const;

/** `orders/prod`, or the stage alone where the API is named already; an API in files has no stage. */
function placeOf(
  { api, stage }: ReportedMethod,
  nameOf: ((api: string) => string) | undefined,
): string {
  const isInFiles = stage === null && isDeclaredId(api);
  const named = isInFiles ? '' : (stage ?? '(no stage)');
  if (nameOf === undefined) return named;
  return named === '' ? nameOf(api) : `${nameOf(api)}/${named}`;
}
