import { type AnnotationCommand, annotationsIn } from '../runner/commands.js';
import { type Terminal, wrap } from './terminal.js';

/** Shows an action's log while it comes, much as the page of a job shows it. */
export interface LogView {
  /** Takes what the action printed, in pieces of any length. */
  write(text: string): void;
  /** Shows a last line that no line break ended, and how many annotations were left out. */
  end(): void;
}

const GUTTER = '  │ ';
const INDENT = '    ';
const LABELS: Readonly<Record<AnnotationCommand['level'], string>> = {
  error: 'Error: ',
  warning: 'Warning: ',
  notice: 'Notice: ',
};

/**
 * A view that renders workflow commands: groups as headings, annotations as paragraphs.
 *
 * @param mostAnnotations how many are shown; of the others only their number is.
 */
export function createLogView(terminal: Terminal, mostAnnotations = Infinity): LogView {
  let pending = '';
  let depth = 0;
  let annotations = 0;
  const show = (text: string, style = (line: string) => line): void =>
    terminal.print(`${terminal.dim(GUTTER)}${style(text)}`);

  const showAnnotation = ({ level, title, message }: AnnotationCommand): void => {
    const label = LABELS[level];
    const style = level === 'error' ? terminal.red : terminal.yellow;
    const width = terminal.columns - GUTTER.length - label.length;
    const lines = wrap(`${title} — ${message}`, width);
    lines.forEach((line, index) => {
      if (index === 0) show(`${style(label)}${line}`);
      else show(`${' '.repeat(label.length)}${line}`);
    });
  };

  const showLine = (line: string): void => {
    const [annotation] = annotationsIn(line);
    const [, command, title = ''] = /^::(group|endgroup)::(.*)$/.exec(line) ?? [];
    // The runner takes what is to be masked for itself, and shows it to nobody.
    if (line.startsWith('::add-mask::')) return;
    if (annotation !== undefined) {
      annotations += 1;
      if (annotations <= mostAnnotations) showAnnotation(annotation);
    } else if (command === 'group') {
      show(`▾ ${title}`, terminal.bold);
      depth += 1;
    } else if (command === 'endgroup') {
      depth = Math.max(0, depth - 1);
    } else if (line !== '') {
      const indent = INDENT.repeat(depth);
      const width = terminal.columns - GUTTER.length - indent.length;
      for (const part of wrap(line, width)) show(`${indent}${part}`);
    }
  };

  return {
    write(text) {
      const lines = (pending + text).split(/\r?\n/);
      pending = lines.pop() ?? '';
      for (const line of lines) showLine(line);
    },
    end() {
      if (pending !== '') showLine(pending);
      pending = '';
      const folded = annotations - mostAnnotations;
      if (folded > 0) show(`… and ${folded} annotations more`, terminal.dim);
    },
  };
}
