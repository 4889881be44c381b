import type { ExperimentLine, RunLine } from '../api/types.ts';
import { Group, keyOf } from './group.ts';
import { groupKey, type IStart, placeOf, reductionKey, type Row, runIdOf, runRows } from './rows.ts';

export const PAGE = 100;

/** A part of a group's runs. */
export interface IWant {
  readonly group: Group;
  readonly offset: number;
}

/** Whether a group is open that has so many lines above it. */
export type Openness = (key: string, above: number) => boolean;

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

  /** How many rows there are; some take several lines. */
  get count(): number {
    return this.groups.reduce((sum, group) => sum + this.rowsOf(group), 0);
  }

  get runs(): number {
    return this.groups.reduce((sum, group) => sum + group.count, 0);
  }

  /**
   * Learn which groups there are, and the newest runs of all, newest first.
   *
   * What was known may be kept until it is shown, and is read again then: `missing` tells.
   */
  renew(
    experiments: readonly ExperimentLine[],
    newest: readonly RunLine[],
    isOpen: Openness,
    keep: boolean
  ): void {
    const before = new Map(keep ? this.groups.map(group => [group.key, group]) : []);
    let above = 0;
    this.homes.clear();
    this._groups = experiments.map(one => {
      const group = new Group(one.instrument, one.experiment, one.runs);
      const known = before.get(group.key);
      if (known !== undefined) {
        group.keep(known);
      }
      group.isOpen = isOpen(group.key, above);
      group.known.forEach(run => this.homes.set(run.id, group));
      above += this.heightOf(group);
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
    const index = home?.indexOf(run.id) ?? -1;
    if (index >= 0) {
      home!.replace(index, run);
    }
    return index >= 0;
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
    let start = { line: 0, index: 0 };
    this.groups.forEach((group, position) => {
      const end = start.line + this.heightOf(group);
      if (end > from && start.line < to) {
        found.push(this.groupRow(group, position, start));
        if (group.isOpen) {
          found.push(...this.runsBetween(group, start, from, to));
        }
      }
      start = { line: end, index: start.index + this.rowsOf(group) };
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
      return this.groupRow(group, this.groups.indexOf(group), this.startOf(group));
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
      const isRun = row.kind === 'hole' || row.kind === 'run';
      if (isRun && row.group.isMissing(row.position - 1)) {
        const offset = Math.floor((row.position - 1) / PAGE) * PAGE;
        found.set(`${row.group.key}:${offset}`, { group: row.group, offset });
      }
    }
    return [...found.values()];
  }

  private heightOf(group: Group): number {
    return 1 + (group.isOpen ? group.height(this.expanded) : 0);
  }

  private rowsOf(group: Group): number {
    return 1 + (group.isOpen ? group.rowOf(group.count, this.expanded) : 0);
  }

  private rowsAt(group: Group, index: number): Row[] {
    if (!group.isOpen || index < 0 || index >= group.count) {
      return [];
    }
    return this.rowsOfRun(group, index, this.startOf(group));
  }

  private startOf(group: Group): IStart {
    const above = this.groups.slice(0, this.groups.indexOf(group));
    return {
      line: above.reduce((sum, one) => sum + this.heightOf(one), 0),
      index: above.reduce((sum, one) => sum + this.rowsOf(one), 0)
    };
  }

  private groupRow(group: Group, at: number, start: IStart): Row {
    const place = { ...start, span: 1, position: at + 1, size: this.groups.length, group };
    return { ...place, kind: 'group', key: groupKey(group) };
  }

  private rowsOfRun(group: Group, at: number, { line, index }: IStart): Row[] {
    const start = {
      line: line + 1 + group.lineOf(at, this.expanded),
      index: index + 1 + group.rowOf(at, this.expanded)
    };
    return runRows(group, at, start, this.expanded);
  }

  private runsBetween(group: Group, start: IStart, from: number, to: number): Row[] {
    const found: Row[] = [];
    let at = group.indexAt(Math.max(from - start.line - 1, 0), this.expanded);
    for (; at < group.count; at++) {
      const rows = this.rowsOfRun(group, at, start);
      if (rows[0]!.line >= to) {
        break;
      }
      found.push(...rows);
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
    const found = new Map<string, RunLine[]>();
    for (const run of newest) {
      const runs = found.get(keyOf(run)) ?? [];
      found.set(keyOf(run), [...runs, run]);
    }
    for (const group of this.groups) {
      const runs = (found.get(group.key) ?? []).slice(0, group.count);
      group.place(0, runs);
      runs.forEach(run => this.homes.set(run.id, group));
    }
    this.highest = newest.reduce((highest, run) => Math.max(highest, run.id), this.highest);
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
