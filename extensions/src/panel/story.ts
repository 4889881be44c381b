import type { TranslationBundle } from '@jupyterlab/translation';

import type { ReductionLine, RunLine } from '../api/types.ts';
import { hasEnded, type IStateWord, stateWord } from '../words/states.ts';
import { duration, exactly, when } from '../words/times.ts';
import { heads, reasonOf, reasonOfRun, toldOf } from './told.ts';

/** What a line tells of a run or a reduction. */
export interface IStory {
  readonly state: IStateWord;
  /** Run number, or the reduction's template and version. */
  readonly name: string;
  readonly title: string;
  /** How far it is, or when it ended. */
  readonly time: string;
  /** Which version the line tells of. */
  readonly version: string;
  readonly reason: string;
  /** How much of it is done, 0 to 1; null where it is not running. */
  readonly part: number | null;
  readonly warnings: number;
  /** All of it in one sentence, for those who do not see the line. */
  readonly label: string;
  readonly tooltip: string;
}

/** Tell of a run. */
export function tellRun(run: RunLine, now: Date, trans: TranslationBundle): IStory {
  const told = toldOf(run);
  const title = run.title || trans.__('(no title)');
  const state = stateWord(told ? told.state : run.skipped === null ? 'queued' : 'skipped', trans);
  const time = told ? timeOf(told, now, trans) : when(run.added, now);
  const newest = heads(run);
  // Versions of several templates have nothing to do with each other.
  const version = told && newest.length === 1 ? versionOf(told, false) : '';
  const name = String(run.run_number ?? run.name);
  const reason = reasonOfRun(run);
  const warnings = newest.reduce((sum, one) => sum + one.warnings, 0);
  return {
    state,
    name,
    title,
    time,
    version,
    reason,
    part: told && partOf(told),
    warnings,
    label: sentence([
      trans.__('Run %1', name),
      title,
      state.word,
      reason,
      warned(warnings, trans),
      version,
      spoken(told, time, trans)
    ]),
    tooltip: lines([
      `${run.instrument} ${name} · ${title}`,
      ...(told ? detailsOf(told, trans) : [trans.__('Added %1', exactly(run.added)), reason])
    ])
  };
}

/** Tell of a reduction, below its run. */
export function tellReduction(one: ReductionLine, now: Date, trans: TranslationBundle): IStory {
  const state = stateWord(one.state, trans);
  const name = versionOf(one, true);
  const title = one.rerun_of === null ? '' : trans.__('rerun by %1', one.requested_by);
  const time = timeOf(one, now, trans);
  const reason = reasonOf(one);
  return {
    state,
    name,
    title,
    time,
    version: '',
    reason,
    part: partOf(one),
    warnings: one.warnings,
    label: sentence([
      trans.__('Reduction %1', name),
      title,
      state.word,
      reason,
      warned(one.warnings, trans),
      spoken(one, time, trans)
    ]),
    tooltip: lines([one.name, ...detailsOf(one, trans)])
  };
}

function versionOf(one: ReductionLine, withTemplate: boolean): string {
  return withTemplate ? `${one.template} v${one.version}` : `v${one.version}`;
}

function timeOf(one: ReductionLine, now: Date, trans: TranslationBundle): string {
  if (hasEnded(one.state)) {
    return when(one.ended ?? one.queued, now);
  }
  if (one.state !== 'running' || one.started === null) {
    return stateWord(one.state, trans).word;
  }
  const elapsed = clock(now.getTime() - Date.parse(one.started));
  const { progress } = one;
  return progress ? `${progress.cell}/${progress.cells} · ${elapsed}` : elapsed;
}

/** The time for a reader's voice, which is not to be told each second. */
function spoken(one: ReductionLine | null, time: string, trans: TranslationBundle): string {
  if (one === null || hasEnded(one.state)) {
    return time;
  }
  const { progress } = one;
  return progress ? trans.__('cell %1 of %2', progress.cell, progress.cells) : '';
}

/** Elapsed time in whole seconds: it is read while it changes. */
function clock(milliseconds: number): string {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  return seconds < 60 ? `0:${String(seconds).padStart(2, '0')}` : duration(seconds * 1000);
}

function partOf(one: ReductionLine): number | null {
  if (one.state !== 'running' || one.progress === null) {
    return null;
  }
  return one.progress.cell / Math.max(one.progress.cells, 1);
}

function detailsOf(one: ReductionLine, trans: TranslationBundle): string[] {
  const told = [`${versionOf(one, true)}: ${stateWord(one.state, trans).word}`];
  if (one.progress && one.state === 'running') {
    told.push(sentence([spoken(one, '', trans), one.progress.heading]));
  }
  if (one.ended !== null) {
    told.push(trans.__('Ended %1', exactly(one.ended)));
    if (one.started !== null) {
      told.push(
        trans.__('Took %1', duration(Date.parse(one.ended) - Date.parse(one.started)))
      );
    }
  } else {
    told.push(trans.__('Queued %1', exactly(one.queued)));
  }
  return [...told, warned(one.warnings, trans), reasonOf(one)];
}

function warned(count: number, trans: TranslationBundle): string {
  return count > 0 ? trans._n('%1 warning', '%1 warnings', count) : '';
}

function sentence(parts: readonly string[]): string {
  return parts.filter(Boolean).join(', ');
}

function lines(parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n');
}
