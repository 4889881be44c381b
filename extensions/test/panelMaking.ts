import type { TranslationBundle } from '@jupyterlab/translation';

import type { ExperimentLine, ReductionLine, RunLine, State } from '../src/api/types.ts';

export const START = Date.parse('2026-03-03T12:00:00Z');

/** Words as they stand in the source, with what is put into them. */
export const TRANS = {
  __: (text: string, ...parts: unknown[]) => fill(text, parts),
  _n: (one: string, many: string, count: number) => fill(count === 1 ? one : many, [count])
} as unknown as TranslationBundle;

function fill(text: string, parts: unknown[]): string {
  return text.replace(/%(\d)/g, (_, number) => String(parts[Number(number) - 1]));
}

export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

export function reduction(name: string, fields: Partial<ReductionLine> = {}): ReductionLine {
  return {
    name,
    template: 'work',
    version: 1,
    state: 'succeeded',
    failure: null,
    reason: '',
    queued: at(0),
    started: at(1),
    ended: at(4),
    rerun_of: null,
    requested_by: 'ana',
    environment: 'default',
    progress: null,
    notebook: null,
    warnings: 0,
    ...fields
  };
}

export function run(id: number, fields: Partial<RunLine> = {}): RunLine {
  return {
    id,
    instrument: 'DEMO',
    name: String(id),
    run_number: id,
    experiment: 'RB1',
    title: 'Fe bar',
    start: null,
    end: null,
    counts: null,
    added: at(id),
    skipped: null,
    reductions: [reduction(`DEMO${id}-work-v1`)],
    ...fields
  };
}

export function failed(id: number, reason: string): RunLine {
  return run(id, {
    reductions: [reduction(`DEMO${id}-work-v1`, { state: 'failed', failure: 'cell_error', reason })]
  });
}

/** A run that was reduced several times, with the states of its versions, newest first. */
export function rerun(id: number, ...states: State[]): RunLine {
  const versions = states.map((state, index) => {
    const version = states.length - index;
    return reduction(`DEMO${id}-work-v${version}`, { state, version });
  });
  return run(id, { reductions: versions });
}

export function experiment(name: string, runs: number): ExperimentLine {
  return { instrument: 'DEMO', experiment: name, runs, newest: at(runs) };
}

/** Runs of an experiment, from the newest id down. */
export function runsOf(experiment: string, newest: number, count: number): RunLine[] {
  return Array.from({ length: count }, (_, index) => run(newest - index, { experiment }));
}
