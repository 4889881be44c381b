import type { ExperimentLine, RunLine } from '../api/types.ts';
import { Group, keyOf } from './group.ts';
import { groupKey, placeOf, reductionKey, type Row, runIdOf, runRows } from './rows.ts';

export const PAGE = 100;

/** A part of a group's runs. */
export interface IWant {
  readonly group: Group;
  readonly offset: number;
}

/** Whether a group is open, unless its reader said otherwise. */
export type Openness = (key: string, position: number) => boolean;

/**
 * Groups of runs as a tree of rows, counted in lines of equal height, so that any part of it can be shown without the
 * rest. Of most runs it knows only that they are there.
 */
export class Outline {
  get groups(): readonly Group[] {
    return this._groups;
  }

  get lines(): number {
    return this.groups.reduce((sum, group) => sum + this.heightOf(group), 0);
  }

  get runs(): number {
    return this.groups.reduce((sum, group) => sum + group.count, 0);
  }

  /**
   * Learn which groups there are, and the newest runs of all, newest first.
   *
   * What is known of a group is kept where it can only have grown on top; under a filter it can change anywhere.
   */
  renew(
    experiments: readonly ExperimentLine[],
    newest: readonly RunLine[],
    isOpen: Openness,
    onlyGrows: boolean
  ): void {
    const before = new Map(this.groups.map(group => [group.key, group]));
    this.homes.clear();
    this._groups = experiments.map((one, position) => {
      const known = onlyGrows ? before.get(keyOf(one)) : undefined;
      const group = grown(known, one) ?? new Group(one.instrument, one.experiment, one.runs);
      group.isOpen = isOpen(group.key, position);
      group.known.forEach(run => this.homes.set(run.id, group));
      return group;
    });
    this.placeNewest(newest);
  }

  /** Learn a page of a group; false where its runs are not those that were counted. */
  learn(want: IWant, runs: readonly RunLine[], total: number): boolean {
    if (total !== want.group.count) {
      return false;
    }
    want.group.place(want.offset, runs);
    runs.forEach(run => this.homes.set(run.id, want.group));
    return true;
  }

  /** Take a known run as it is now; false where it is not known. */
  replace(run: RunLine): boolean {
    const home = this.homes.get(run.id);
    home?.place(home.indexOf(run.id), [run]);
    return home !== undefined;
  }

  /** Take a run as it is now: a known one where it stands, a new one on top of all. */
  put(run: RunLine, isOpen: Openness): void {
    if (!this.replace(run) && run.id > this.highest) {
      this.highest = run.id;
      this.putOnTop(run, isOpen);
    }
  }

  setOpen(group: Group, isOpen: boolean): void {
    group.isOpen = isOpen;
  }

  setExpanded(run: RunLine, isExpanded: boolean): void {
    if (isExpanded) {
      this.expanded.add(run.id);
    } else {
      this.expanded.delete(run.id);
    }
    this.homes.get(run.id)?.forgetLayout();
  }

  /** The rows that some lines show. */
  rows(from: number, to: number): Row[] {
    const found: Row[] = [];
    let line = 0;
    this.groups.forEach((group, position) => {
      const end = line + this.heightOf(group);
      if (end > from && line < to) {
        found.push(this.groupRow(group, position, line));
        if (group.isOpen) {
          found.push(...this.runsBetween(group, line + 1, from, to));
        }
      }
      line = end;
    });
    return found.filter(row => row.line + row.span > from && row.line < to);
  }

  /** The row that covers a line; null below the last. */
  at(line: number): Row | null {
    return this.rows(line, line + 1)[0] ?? null;
  }

  /** The row of a key; null where it is not shown. */
  find(key: string): Row | null {
    const group = this.groups.find(one => groupKey(one) === key);
    if (group !== undefined) {
      return this.groupRow(group, this.groups.indexOf(group), this.lineOf(group));
    }
    const place = placeOf(key);
    if (place !== null) {
      const home = this.groups.find(one => one.key === place[0]);
      return (home && this.rowsAt(home, home.count - place[1])[0]) ?? null;
    }
    const run = this.runWith(key);
    const home = run && this.homes.get(run.id);
    return (home && this.rowsAt(home, home.indexOf(run.id)).find(row => row.key === key)) ?? null;
  }

  /** A known run. */
  known(id: number): RunLine | undefined {
    const home = this.homes.get(id);
    return home?.run(home.indexOf(id));
  }

  /** Pages that must be read to know the runs that some lines show. */
  missing(from: number, to: number): IWant[] {
    const found = new Map<string, IWant>();
    for (const row of this.rows(from, to)) {
      if (row.kind === 'hole') {
        const offset = Math.floor((row.position - 1) / PAGE) * PAGE;
        found.set(`${row.group.key}:${offset}`, { group: row.group, offset });
      }
    }
    return [...found.values()];
  }

  private heightOf(group: Group): number {
    return 1 + (group.isOpen ? group.height(this.expanded) : 0);
  }

  private rowsAt(group: Group, index: number): Row[] {
    if (!group.isOpen || index < 0 || index >= group.count) {
      return [];
    }
    const line = this.lineOf(group) + 1 + group.lineOf(index, this.expanded);
    return runRows(group, index, line, this.expanded);
  }

  private lineOf(group: Group): number {
    const above = this.groups.slice(0, this.groups.indexOf(group));
    return above.reduce((sum, one) => sum + this.heightOf(one), 0);
  }

  private groupRow(group: Group, at: number, line: number): Row {
    const place = { line, span: 1, position: at + 1, size: this.groups.length, group };
    return { ...place, kind: 'group', key: groupKey(group) };
  }

  private runsBetween(group: Group, top: number, from: number, to: number): Row[] {
    const found: Row[] = [];
    let index = group.indexAt(Math.max(from - top, 0), this.expanded);
    for (; index < group.count; index++) {
      const line = top + group.lineOf(index, this.expanded);
      if (line >= to) {
        break;
      }
      found.push(...runRows(group, index, line, this.expanded));
    }
    return found;
  }

  /** The known run whose row has a key, or that of one of its reductions. */
  private runWith(key: string): RunLine | undefined {
    for (const id of this.expanded) {
      const run = this.known(id);
      if (run?.reductions.some(one => reductionKey(one.name) === key)) {
        return run;
      }
    }
    return this.known(runIdOf(key));
  }

  private placeNewest(newest: readonly RunLine[]): void {
    const groups = new Map(this.groups.map(group => [group.key, group]));
    const next = new Map<Group, number>();
    for (const run of newest) {
      const group = groups.get(keyOf(run));
      const index = group ? (next.get(group) ?? 0) : 0;
      if (group && index < group.count) {
        group.place(index, [run]);
        next.set(group, index + 1);
        this.homes.set(run.id, group);
      }
      this.highest = Math.max(this.highest, run.id);
    }
  }

  private putOnTop(run: RunLine, isOpen: Openness): void {
    const key = keyOf(run);
    let group = this.groups.find(one => one.key === key);
    if (group === undefined) {
      group = new Group(run.instrument, run.experiment, 0);
      group.isOpen = isOpen(key, 0);
    }
    group.prepend(run);
    this.homes.set(run.id, group);
    this._groups = [group, ...this.groups.filter(one => one !== group)];
  }

  private _groups: Group[] = [];
  private readonly expanded = new Set<number>();
  private readonly homes = new Map<number, Group>();
  private highest = 0;
}

/** A group that has grown to what is told of it; undefined where it has not. */
function grown(group: Group | undefined, told: ExperimentLine): Group | undefined {
  if (group === undefined || told.runs < group.count) {
    return undefined;
  }
  group.grow(told.runs);
  return group;
}
