import type { TranslationBundle } from '@jupyterlab/translation';

import type { TemplateProblem } from '../api/types.ts';

/** Problems by the index of their cell; those of the whole stand under null. */
export function byCell(problems: readonly TemplateProblem[]): Map<number | null, TemplateProblem[]> {
  const found = new Map<number | null, TemplateProblem[]>();
  for (const problem of problems) {
    const cell = problem.cell ?? null;
    found.set(cell, [...(found.get(cell) ?? []), problem]);
  }
  return found;
}

/** Which of some places comes after one, beginning anew at the end; null where there is none. */
export function nextAfter(places: readonly number[], current: number): number | null {
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.find(place => place > current) ?? sorted[0] ?? null;
}

/** A check in a few words. */
export function summary(problems: readonly TemplateProblem[], trans: TranslationBundle): string {
  const errors = problems.filter(problem => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [
    errors > 0 ? trans._n('%1 error', '%1 errors', errors) : '',
    warnings > 0 ? trans._n('%1 warning', '%1 warnings', warnings) : ''
  ].filter(part => part !== '');
  return parts.length > 0 ? parts.join(', ') : trans.__('The check finds nothing wrong.');
}

export function severityWord(problem: TemplateProblem, trans: TranslationBundle): string {
  return problem.severity === 'error' ? trans.__('Error') : trans.__('Warning');
}

/** A problem as a sentence, with where in its cell and what to do. */
export function sentence(problem: TemplateProblem, trans: TranslationBundle): string {
  const line = problem.line ?? null;
  const where = line === null ? '' : `${trans.__('line %1', line)}: `;
  const hint = problem.hint ? ` ${ended(problem.hint)}` : '';
  return `${where}${ended(problem.message)}${hint}`;
}

function ended(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}
