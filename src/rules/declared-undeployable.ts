import { standingOf } from '../evidence/declared/layer.js';
import type { Undeployable } from '../model/declared.js';
import {
  aboutApi,
  aboutFile,
  aboutMethod,
  besides,
  declarationsIn,
  declaredApis,
  placeInWords,
  whenInWords,
} from './declared.js';
import type { Rule } from './rule.js';

/** What AWS or SAM refuses never becomes what the file says: what is live stays as it is. */
export const declaredUndeployable: Rule = {
  id: 'declared-undeployable',
  severity: 'error',
  holdsWhen: 'AWS, or the tool that deploys, refuses what a file declares',
  toldBy: 'files',
  find({ evidence, rows }) {
    const ofFiles = (evidence.files ?? []).flatMap((it) =>
      it.undeployable.map((one, index) =>
        aboutFile(declaredUndeployable, it.file, one.place, wordsOf(one), String(index)),
      ),
    );
    const ofApis = declaredApis(evidence.apis).flatMap(({ api, declared }) =>
      declared.undeployable.map((one, index) =>
        aboutApi(declaredUndeployable, api, declared, one.place, wordsOf(one), String(index)),
      ),
    );
    const ofMethods = declarationsIn(rows).flatMap((declaration) => {
      const { row, declared } = declaration;
      const lines = declared.lines.filter(
        (line) => standingOf(line, row.allowedTypes) === 'undeployable',
      );
      const [first] = lines;
      if (first === undefined || first.method.undeployable === null) return [];
      const { reason, place } = first.method.undeployable;
      const found = aboutMethod(declaredUndeployable, declaration, first, {
        message: `${placeInWords(place)} cannot be deployed${whenInWords(lines.map(({ method }) => method))}: ${reason.replace(/\.$/, '')}.${besides(lines)}`,
        fix: 'Correct it. Protected, it reads:',
        hasSnippet: true,
      });
      return [{ ...found, location: place }];
    });
    return [...ofFiles, ...ofApis, ...ofMethods];
  },
};

function wordsOf({ reason, place }: Undeployable) {
  return {
    message: `${placeInWords(place)} cannot be deployed: ${reason.replace(/\.$/, '')}.`,
    fix: 'Correct the file: what is refused protects nothing.',
  };
}
