import type { Declared, DeclaredFile, Language } from '../../model/declared.js';
import type { Reading } from './reading.js';

const TEMPLATES: ReadonlySet<Language | null> = new Set([
  'cloudformation',
  'sam',
  'cdk',
  'serverless',
  'terraform',
]);

/**
 * What was read, by name, with everything in one place alone: what a template puts in, or nests, is judged
 * there, and not a second time on its own.
 */
export function judgedOnce(
  readings: ReadonlyMap<string, Reading>,
): Pick<Declared, 'apis' | 'files'> {
  const all = [...readings];
  const isPutIn = (name: string) =>
    all.some(
      ([other, { file, reads }]) =>
        other !== name && TEMPLATES.has(file.language) && reads.has(name),
    );
  // A file that its folder was read without is told where it is named itself.
  const tells = (name: string) => {
    const file = readings.get(name)?.file;
    return file !== undefined && (file.problem !== null || file.unresolved.length > 0);
  };
  const toldOnce = ({ file, ...reading }: Reading): Reading => {
    if (file.language !== 'terraform') return { file, ...reading };
    const unresolved = file.unresolved.filter(
      ({ place }) => place.file === file.file || !tells(place.file),
    );
    return { ...reading, file: { ...file, unresolved } };
  };
  const kept = all.map(([name, read]) => {
    const reading = toldOnce(read);
    const { language } = reading.file;
    // Terraform's files are read for one another, and none is a part of another one.
    const canBePutIn =
      language === 'openapi' || (TEMPLATES.has(language) && language !== 'terraform');
    if (!canBePutIn || !isPutIn(name)) return reading;
    const file: DeclaredFile = {
      ...reading.file,
      unresolved: [],
      undeployable: [],
      outcome: 'read',
    };
    return { ...reading, apis: [], file };
  });
  return {
    apis: kept.flatMap(({ apis }) => apis),
    files: kept.map(({ file }) => file),
  };
}
