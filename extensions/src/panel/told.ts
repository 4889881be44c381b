import type { ReductionLine, RunLine, State } from '../api/types.ts';

/** What most wants to be known comes first. */
const URGENCY: readonly State[] = ['running', 'starting', 'queued', 'failed', 'cancelled', 'succeeded'];

/** Letters that surely fit into a line of the narrowest panel. */
const LETTERS = 32;
const MOST_LINES = 8;

/** The newest reduction by each template, newest first. */
export function heads(run: RunLine): ReductionLine[] {
  const seen = new Set<string>();
  return run.reductions.filter(one => !seen.has(one.template) && seen.add(one.template));
}

/** The reduction that a run's line tells of: one that is going on, else one that went wrong, else the newest. */
export function toldOf(run: RunLine): ReductionLine | null {
  const newest = heads(run);
  for (const state of URGENCY) {
    const found = newest.find(one => one.state === state);
    if (found) {
      return found;
    }
  }
  return newest[0] ?? null;
}

/** Why it failed; empty where it did not. */
export function reasonOf(reduction: ReductionLine): string {
  return reduction.state === 'failed' ? reduction.reason : '';
}

/** Why a run has no result, and of which template where it has several; empty where it has one, or will have. */
export function reasonOfRun(run: RunLine): string {
  if (run.skipped !== null) {
    return run.skipped;
  }
  const told = toldOf(run);
  const reason = told ? reasonOf(told) : '';
  return reason && heads(run).length > 1 ? `${told!.template}: ${reason}` : reason;
}

/** How many lines of a list a text takes when it is shown in full; what is longer scrolls. */
export function linesOf(text: string): number {
  return Math.min(Math.ceil(text.length / LETTERS), MOST_LINES);
}

/** Whether there is more to see than a run's own line. */
export function canExpand(run: RunLine): boolean {
  return run.reductions.length > 1 || linesOf(reasonOfRun(run)) > 1;
}

/** Whether something of it is still going on. */
export function isGoingOn(run: RunLine): boolean {
  return run.reductions.some(one => ['queued', 'starting', 'running'].includes(one.state));
}
