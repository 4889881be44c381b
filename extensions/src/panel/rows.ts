import type { ReductionLine, RunLine } from '../api/types.ts';
import { blockOf, type Group } from './group.ts';

/** Where a row begins. */
export interface IStart {
  /** Its first line. */
  readonly line: number;
  /** How many rows are above it. */
  readonly index: number;
}

interface IPlace extends IStart {
  readonly key: string;
  /** How many lines it takes. */
  readonly span: number;
  /** Place among its siblings, counted from 1, and how many these are. */
  readonly position: number;
  readonly size: number;
  readonly group: Group;
}

export interface IGroupRow extends IPlace {
  readonly kind: 'group';
}

export interface IRunRow extends IPlace {
  readonly kind: 'run';
  readonly run: RunLine;
  readonly isExpanded: boolean;
}

export interface IReductionRow extends IPlace {
  readonly kind: 'reduction';
  readonly run: RunLine;
  readonly reduction: ReductionLine;
}

/** A run that is not known yet. */
export interface IHoleRow extends IPlace {
  readonly kind: 'hole';
}

export type Row = IGroupRow | IRunRow | IReductionRow | IHoleRow;

export function groupKey(group: Group): string {
  return `group:${group.key}`;
}

/** Key of a place among a group's runs, whichever run has it; counted from the end, so that it stays when others come. */
export function placeKey(group: Group, index: number): string {
  return `place:${group.count - index}:${group.key}`;
}

/** The place that a key is of, as the group's key and the run's index from the end; null where it is of something else. */
export function placeOf(key: string): [string, number] | null {
  const [kind, fromEnd, ...rest] = key.split(':');
  return kind === 'place' ? [rest.join(':'), Number(fromEnd)] : null;
}

export function runKey(id: number): string {
  return `run:${id}`;
}

/** The run that a key is of; not a number where it is of something else. */
export function runIdOf(key: string): number {
  return key.startsWith('run:') ? Number(key.slice('run:'.length)) : NaN;
}

export function reductionKey(name: string): string {
  return `reduction:${name}`;
}

/** The rows of one run of a group: itself and, where it is expanded, its reductions. */
export function runRows(
  group: Group,
  at: number,
  start: IStart,
  expanded: ReadonlySet<number>
): Row[] {
  const run = group.run(at);
  const place = { group, ...start, position: at + 1, size: group.count };
  if (run === undefined) {
    return [{ ...place, kind: 'hole', key: placeKey(group, at), span: 1 }];
  }
  const isExpanded = expanded.has(run.id);
  const block = blockOf(run, isExpanded);
  const rows: Row[] = [
    { ...place, kind: 'run', key: runKey(run.id), span: block.run, run, isExpanded }
  ];
  let below = start.line + block.run;
  block.reductions.forEach((span, which) => {
    const reduction = run.reductions[which]!;
    rows.push({
      kind: 'reduction',
      key: reductionKey(reduction.name),
      line: below,
      index: start.index + 1 + which,
      span,
      position: which + 1,
      size: run.reductions.length,
      group,
      run,
      reduction
    });
    below += span;
  });
  return rows;
}
