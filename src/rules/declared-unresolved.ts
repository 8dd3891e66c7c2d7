import { standingOf } from '../evidence/declared/layer.js';
import type { DeclaredApi, Unresolved } from '../model/declared.js';
import type { ApiEvidence } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import {
  aboutApi,
  aboutFile,
  aboutMethod,
  asSentence,
  besides,
  declarationsIn,
  declaredApis,
  placeInWords,
  whenInWords,
} from './declared.js';
import { declaredPolicies, problemOfPolicy } from './declared-policies.js';
import { nounOf } from './method.js';
import { openStatements } from './public-principal.js';
import type { Case, Rule } from './rule.js';
import { isForEverybody } from './statements.js';

/** What nobody can know before the deployment is said: it is neither a pass nor an absence. */
export const declaredUnresolved: Rule = {
  id: 'declared-unresolved',
  severity: 'error',
  effect: 'unknown',
  holdsWhen: 'nobody can know from the files what a method will have; makes the verdict incomplete',
  toldBy: 'files',
  // An exception lets a method have any type, also one that nobody knows yet; of files and APIs none speaks.
  excusable: true,
  makesIncomplete: 'always',
  neverKnown: true,
  find({ evidence, rows }) {
    return [...ofFiles(evidence), ...ofApis(evidence), ...ofMethods(rows)];
  },
};

/** A problem that goes on with a sentence which begins with the file; others stand behind its line. */
const IS_ABOUT_FILE = /^(?:is|has|does|cannot|leads) /;

function ofFiles({ files = [] }: Case['evidence']): Finding[] {
  return files.flatMap((it) => {
    const unreadable =
      it.problem === null
        ? []
        : [
            aboutFile(declaredUnresolved, it.file, it.place, {
              message: IS_ABOUT_FILE.test(it.problem)
                ? `${it.file} ${it.problem}.`
                : `${placeInWords(it.place)} cannot be read: ${it.problem}.`,
              fix: 'Correct the file, or leave it out of templates with a glob that begins with "!".',
            }),
          ];
    const unresolved = it.unresolved.map((one, index) =>
      aboutFile(declaredUnresolved, it.file, one.place, wordsOf(one), identityOf(one, index)),
    );
    return [...unreadable, ...unresolved];
  });
}

function ofApis({ apis }: Case['evidence']): Finding[] {
  return declaredApis(apis).flatMap(({ api, declared }) => {
    const ofPolicies = declared.policies.flatMap((policy): Unresolved[] => {
      const problem = problemOfPolicy(policy);
      const { place, unresolved } = policy;
      if (unresolved !== null) return [unresolved];
      if (problem === null) return [];
      const reason = `the resource policy was not understood: ${problem}`;
      return [{ reason, give: 'correct the resource policy', place }];
    });
    // Branches of one policy may all have what is not known.
    const once = new Map(ofPolicies.map((it) => [JSON.stringify(it), it])).values();
    return [...declared.unresolved, ...once, ...ofEndpoints(api, declared)].map((one, index) =>
      aboutApi(declaredUnresolved, api, declared, one.place, wordsOf(one), identityOf(one, index)),
    );
  });
}

/**
 * Whether an API is private decides what its policy must say: nothing more than that of a public one where
 * the policy names a VPC or an endpoint anyway, or the callers.
 */
function ofEndpoints(api: ApiEvidence, declared: DeclaredApi): Unresolved[] {
  if (declared.endpointTypes !== null) return [];
  const isDecisive = declaredPolicies([api]).some(
    (it) =>
      it.declared === declared &&
      openStatements(it, 'network').some(({ principals }) => isForEverybody(principals)),
  );
  if (!isDecisive) return [];
  return [
    {
      reason:
        'whether the API is private is known at the deployment, and its resource policy is judged by it',
      give: 'write the endpoint types in the file, or give the value in a parameter file',
      place: declared.place,
    },
  ];
}

function ofMethods(rows: Case['rows']): Finding[] {
  return declarationsIn(rows).flatMap((declaration) => {
    const { row, declared } = declaration;
    const lines = declared.lines.filter(
      (line) => standingOf(line, row.allowedTypes) === 'unresolved',
    );
    const [first] = lines;
    if (first === undefined) return [];
    const { unresolved, place } = first.method;
    const reason = unresolved?.reason ?? 'its authorization type is known at the deployment alone';
    const give = unresolved?.give ?? 'write the type itself in the file';
    return [
      aboutMethod(declaredUnresolved, declaration, first, {
        message: `Nobody can know what ${placeInWords(place)} makes of the ${nounOf(row)}${whenInWords(lines.map(({ method }) => method))}: ${asClause(reason)}.${besides(lines)}`,
        fix: asSentence(give),
      }),
    ];
  });
}

function wordsOf({ reason, give, place }: Unresolved) {
  return {
    message: `Not everything that ${placeInWords(place)} declares can be known: ${asClause(reason)}.`,
    fix: asSentence(give),
  };
}

function asClause(text: string): string {
  return text.replace(/\.$/, '');
}

function identityOf({ reason }: Unresolved, index: number): string {
  return `${reason} ${index}`;
}
