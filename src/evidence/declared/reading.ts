import type {
  DeclaredApi,
  DeclaredFile,
  Language,
  Place,
  Undeployable,
  Unresolved,
} from '../../model/declared.js';

/** What a file, or a folder that is read as one, declares. */
export interface FileReading {
  readonly file: DeclaredFile;
  readonly apis: readonly DeclaredApi[];
}

/** The same, with what it was put together from. */
export interface Reading extends FileReading {
  /** Other files that this reading put in. */
  readonly reads: ReadonlySet<string>;
}

/** A file that was read, with what came of it. */
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

/** A file that could not be read. */
export function unreadable(
  file: string,
  language: Language | null,
  problem: string,
  place: Place,
): DeclaredFile {
  const outcome = 'unreadable';
  return { file, language, outcome, problem, place, unresolved: [], undeployable: [] };
}

/** A file that declares nothing. */
export function noApi(file: string): FileReading {
  const place = { file, line: 1, column: 1 };
  const base = { problem: null, place, unresolved: [], undeployable: [] };
  return { apis: [], file: { file, language: null, outcome: 'no API', ...base } };
}
