import type { TranslationBundle } from '@jupyterlab/translation';

import type { BulkLine, BulkPlan, BulkState } from '../api/types.ts';
import { shown } from './values.ts';

const ENDED = ['succeeded', 'failed', 'cancelled', 'skipped'];

/** Which values of a line would be other ones. */
export function changeWords(line: BulkLine): string {
  return Object.entries(line.changes ?? {})
    .map(([name, { before, after }]) => `${name} ${shown(before)} → ${shown(after)}`)
    .join(', ');
}

/** What would be made, and what not and why. */
export function planWords(plan: BulkPlan, trans: TranslationBundle): string[] {
  const made = trans._n('%1 reduction would be made.', '%1 reductions would be made.', plan.reruns);
  const reasons = Object.entries(plan.reasons).map(([words, count]) => `${count} × ${words}`);
  return plan.left_out === 0
    ? [made]
    : [made, `${trans.__('%1 left out', plan.left_out)}: ${reasons.join('; ')}`];
}

/** How reruns that were filed stand: `34 of 92 done, 1 failed`. */
export function stateWords(state: BulkState, trans: TranslationBundle): string {
  const { failed = 0, cancelled = 0 } = state.states as Record<string, number>;
  const refused = sum(Object.values(state.refused));
  const parts = [trans.__('%1 of %2 done', doneCount(state), state.total)];
  if (failed > 0) {
    parts.push(trans.__('%1 failed', failed));
  }
  if (cancelled > 0) {
    parts.push(trans.__('%1 cancelled', cancelled));
  }
  if (refused > 0) {
    parts.push(trans.__('%1 refused', refused));
  }
  return parts.join(', ');
}

/** How many have ended, one way or another. */
export function doneCount(state: BulkState): number {
  const states = state.states as Record<string, number>;
  return sum(Object.values(state.refused)) + sum(ENDED.map(one => states[one] ?? 0));
}

export function isDone(state: BulkState): boolean {
  return doneCount(state) === state.total;
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
