import { LAYERS } from '../../evidence/layers.js';
import type { ReportedMethod } from '../report.js';
import {
  ABSENT,
  openTable,
  renderAnswer,
  renderHttpMethod,
  renderPath,
  renderProof,
  renderTableLine,
  renderType,
  renderVerdict,
} from './cells.js';
import { type Footnotes, noteUnprobed, noteUnproven } from './footnotes.js';

/** A Markdown table in the pieces that fitting needs. */
export interface Table {
  readonly open: string;
  /** One a method, in the methods' order. */
  readonly lines: readonly string[];
  /** Footnotes; empty or starting with a line break. */
  readonly close: string;
}

interface Column {
  readonly title: string;
  readonly cell: (method: ReportedMethod) => string;
}

/**
 * The methods of one stage as a table. Columns that could hold nothing are left out: the deployed
 * layer and the answers where there is no stage, the canary where there is none, the tampered
 * request where none was sent. Why methods were not probed is said once, below.
 */
export function tabulate(methods: readonly ReportedMethod[]): Table {
  // Without a stage there is nothing to send a request to, which the section's name says.
  const staged = methods.filter((method) => method.stage !== null);
  const unprobed = noteUnprobed(staged);
  const unproven = noteUnproven(staged);
  const columns = chooseColumns(methods, unprobed, unproven);
  const footnotes = [unprobed.text, unproven.text].filter((text) => text !== '').join('<br>');
  return {
    open: openTable(columns.map((column) => column.title)),
    lines: methods.map((method) => renderTableLine(columns.map((column) => column.cell(method)))),
    close: footnotes === '' ? '' : `\n\n<sub>${footnotes}</sub>`,
  };
}

function chooseColumns(
  methods: readonly ReportedMethod[],
  unprobed: Footnotes,
  unproven: Footnotes,
): Column[] {
  const staged = methods.some((method) => method.stage !== null);
  const isInFilesAlone = methods.length > 0 && methods.every(isOnlyInFiles);
  const layers = LAYERS.filter((layer) =>
    layer.isOptional
      ? methods.some((method) => (method[layer.name] ?? null) !== null)
      : (layer.of === 'api' && !isInFilesAlone) || staged,
  );
  // Where nothing was asked of any method there is nothing to say; older reports have no proof.
  const hasProof = methods.some((method) => (method.proof ?? null) !== null);
  const hasTampered = methods.some((method) => method.tampered !== null);
  const probe = (method: ReportedMethod, name: 'unsigned' | 'tampered' | 'signed'): string => {
    const answer = method[name];
    return answer === null ? `${ABSENT}${unprobed.markOf(method)}` : renderAnswer(answer);
  };
  return [
    { title: 'Method', cell: (method) => renderHttpMethod(method.method) },
    { title: 'Path', cell: (method) => renderPath(method.path) },
    ...layers.map(({ name, title }) => ({
      title,
      cell: (method: ReportedMethod) => renderType(method[name] ?? null),
    })),
    ...(staged ? [{ title: 'Unsigned', cell: (m: ReportedMethod) => probe(m, 'unsigned') }] : []),
    ...(hasTampered
      ? [{ title: 'Tampered', cell: (m: ReportedMethod) => probe(m, 'tampered') }]
      : []),
    ...(staged ? [{ title: 'Signed', cell: (m: ReportedMethod) => probe(m, 'signed') }] : []),
    ...(hasProof
      ? [
          {
            title: 'Proof',
            cell: (m: ReportedMethod) => `${renderProof(m)}${unproven.markOf(m)}`,
          },
        ]
      : []),
    { title: 'Verdict', cell: renderVerdict },
  ];
}

/** Nothing was asked of AWS, or nothing is there yet: a column of what is would be empty. */
function isOnlyInFiles(method: ReportedMethod): boolean {
  return LAYERS.every(({ name }) => name === 'declared' || (method[name] ?? null) === null);
}
