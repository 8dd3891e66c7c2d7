import type {
  DeclaredApi,
  DeclaredFile,
  Language,
  Place,
  Undeployable,
  Unresolved,
} from '../../model/declared.js';

/** A file that was read, with what it does not tell; one that says nothing of any API has none. */
export function fileOf(
  file: string,
  language: Language,
  apis: readonly DeclaredApi[],
  more: {
    readonly unresolved?: readonly Unresolved[];
    readonly undeployable?: readonly Undeployable[];
    readonly problem?: string | null;
    readonly place?: Place;
  },
): DeclaredFile {
  const { unresolved = [], undeployable = [], problem = null } = more;
  const isSilent = apis.length === 0 && unresolved.length === 0 && undeployable.length === 0;
  return {
    file,
    language,
    outcome: problem !== null ? 'unreadable' : isSilent ? 'no API' : 'read',
    problem,
    place: more.place ?? { file, line: 1, column: 1 },
    unresolved,
    undeployable,
  };
}

/** A file that nobody could read, with why. */
export function unreadable(
  file: string,
  language: Language | null,
  problem: string,
  place: Place,
): DeclaredFile {
  const outcome = 'unreadable';
  return { file, language, outcome, problem, place, unresolved: [], undeployable: [] };
}

/** A file that is about something else. */
export function noApi(file: string): {
  readonly apis: readonly DeclaredApi[];
  readonly file: DeclaredFile;
} {
  const place = { file, line: 1, column: 1 };
  const base = { problem: null, place, unresolved: [], undeployable: [] };
  return { apis: [], file: { file, language: null, outcome: 'no API', ...base } };
}
