import type { TranslationBundle } from '@jupyterlab/translation';

import { stateWord } from '../words/states.ts';
import { duration } from '../words/times.ts';
import type { IRecord } from './record.ts';
import type { FailureKind, ReductionLine, RunLine, State } from './types.ts';

/** How it ended and how long it took: `succeeded in 3.1 s`. */
export function endWords(record: Pick<IRecord, 'state' | 'took'>, trans: TranslationBundle): string {
  const { word } = stateWord(record.state, trans);
  if (record.took === null) {
    return word;
  }
  return record.state === 'succeeded'
    ? trans.__('%1 in %2', word, duration(record.took))
    : trans.__('%1 after %2', word, duration(record.took));
}

/** What went wrong, as a sentence; the reason follows it. */
export function failureSentence(kind: FailureKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'input_error':
      return trans.__('The file of the run could not be read.');
    case 'environment_error':
      return trans.__('The environment could not be used.');
    case 'cell_error':
      return trans.__('A cell ended with an error.');
    case 'timeout':
      return trans.__('It ran out of time.');
    case 'out_of_memory':
      return trans.__('It ran out of memory.');
    case 'kernel_died':
      return trans.__('The kernel died.');
    case 'worker_lost':
      return trans.__('The worker was lost, as often as it was tried.');
  }
}

/** Which versions there are of what a record is one of. */
export interface IVersions {
  highest: number;
  /** A version that is newer than the record. */
  newer: { name: string; version: number; state: State } | null;
}

/** Find the versions in a run's line. */
export function versionsOf(record: IRecord, run: Pick<RunLine, 'reductions'>): IVersions {
  const all = run.reductions.filter(one => one.template === record.template);
  const newest = all.reduce<ReductionLine | null>(
    (found, one) => (found === null || one.version > found.version ? one : found),
    null
  );
  const isNewer = newest !== null && newest.version > record.version;
  return {
    highest: Math.max(record.version, newest?.version ?? 0),
    newer: isNewer ? { name: newest.name, version: newest.version, state: newest.state } : null
  };
}
