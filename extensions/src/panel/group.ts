import type { RunLine } from '../api/types.ts';
import { canExpand, linesOf, reasonOf, reasonOfRun } from './told.ts';

/** How many lines a run takes, and each reduction below it. */
export interface IBlock {
  readonly run: number;
  readonly reductions: readonly number[];
}

const PLAIN: IBlock = { run: 1, reductions: [] };

/** How a run is laid out: a reason stands below its line, cut to one line until it is expanded. */
export function blockOf(run: RunLine | undefined, isExpanded: boolean): IBlock {
  if (run === undefined) {
    return PLAIN;
  }
  const reason = linesOf(reasonOfRun(run));
  if (!isExpanded || !canExpand(run)) {
    return { run: 1 + Math.min(reason, 1), reductions: [] };
  }
  if (run.reductions.length < 2) {
    return { run: 1 + reason, reductions: [] };
  }
  return { run: 1, reductions: run.reductions.map(one => 1 + linesOf(reasonOf(one))) };
}

export function heightOf(block: IBlock): number {
  return block.reductions.reduce((sum, one) => sum + one, block.run);
}

/** A run that takes more than one line. */
interface ITall {
  readonly index: number;
  /** Lines beyond one, of this run and of all before it. */
  readonly extra: number;
  readonly before: number;
  /** Rows beyond one, likewise: its reductions. */
  readonly rows: number;
  readonly rowsBefore: number;
}

export function keyOf(of: { instrument: string; experiment: string }): string {
  return `${of.instrument}/${of.experiment}`;
}

/**
 * An experiment's runs on an instrument, newest first. Those that are not known yet are holes, each a line high.
 */
export class Group {
  constructor(instrument: string, experiment: string, count: number) {
    this.key = keyOf({ instrument, experiment });
    this.instrument = instrument;
    this.experiment = experiment;
    this.runs = new Array<RunLine | undefined>(count);
  }

  readonly key: string;
  readonly instrument: string;
  readonly experiment: string;
  isOpen = false;

  get count(): number {
    return this.runs.length;
  }

  /** Those of its runs that are known. */
  get known(): RunLine[] {
    return this.runs.filter(run => run !== undefined);
  }

  run(index: number): RunLine | undefined {
    return this.runs[index];
  }

  indexOf(id: number): number {
    return this.runs.findIndex(one => one?.id === id);
  }

  /** Learn runs, from an index on. */
  place(index: number, runs: readonly RunLine[]): void {
    this.forget(new Set(runs.map(run => run.id)));
    runs.slice(0, this.count - index).forEach((run, offset) => {
      this.doubted.delete(this.runs[index + offset]?.id ?? NaN);
      this.runs[index + offset] = run;
    });
    this.forgetLayout();
  }

  /** Take the run at an index as it is now. */
  replace(index: number, run: RunLine): void {
    this.runs[index] = run;
    this.forgetLayout();
  }

  /** Put a run on top. */
  prepend(run: RunLine): void {
    this.runs.unshift(undefined);
    this.place(0, [run]);
  }

  /**
   * Keep what was known of it when it was counted before, so that what is looked at stays while it is read again.
   *
   * Most changes are on top, so places are kept from the end.
   */
  keep(before: Group): void {
    before.runs.forEach((run, index) => {
      const place = index + this.count - before.count;
      if (run !== undefined && place >= 0) {
        this.runs[place] = run;
        this.doubted.add(run.id);
      }
    });
    this.forgetLayout();
  }

  /** Whether it must be read which run is at an index: none is known, or one from before. */
  isMissing(index: number): boolean {
    const run = this.runs[index];
    return run === undefined || this.doubted.has(run.id);
  }

  /** Lines from the first run to the one at an index. */
  lineOf(index: number, expanded: ReadonlySet<number>): number {
    const last = this.lastBefore(expanded, tall => tall.index < index);
    return index + (last ? last.before + last.extra : 0);
  }

  /** Rows from the first run to the one at an index. */
  rowOf(index: number, expanded: ReadonlySet<number>): number {
    const last = this.lastBefore(expanded, tall => tall.index < index);
    return index + (last ? last.rowsBefore + last.rows : 0);
  }

  /** Lines of all its runs. */
  height(expanded: ReadonlySet<number>): number {
    return this.lineOf(this.count, expanded);
  }

  /** Index of the run that covers a line. */
  indexAt(line: number, expanded: ReadonlySet<number>): number {
    const last = this.lastBefore(expanded, tall => tall.index + tall.before <= line);
    if (last === undefined) {
      return line;
    }
    return Math.max(last.index, line - last.before - last.extra);
  }

  /** To be called when what is expanded has changed. */
  forgetLayout(): void {
    this.tall = null;
  }

  private lastBefore(
    expanded: ReadonlySet<number>,
    holds: (tall: ITall) => boolean
  ): ITall | undefined {
    const tall = (this.tall ??= this.layOut(expanded));
    let [low, high] = [0, tall.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = holds(tall[middle]!) ? [middle + 1, high] : [low, middle];
    }
    return tall[low - 1];
  }

  private layOut(expanded: ReadonlySet<number>): ITall[] {
    const found: ITall[] = [];
    let [before, rowsBefore] = [0, 0];
    this.runs.forEach((run, index) => {
      const block = blockOf(run, run !== undefined && expanded.has(run.id));
      const [extra, rows] = [heightOf(block) - 1, block.reductions.length];
      if (extra > 0) {
        found.push({ index, extra, before, rows, rowsBefore });
        before += extra;
        rowsBefore += rows;
      }
    });
    return found;
  }

  /** Runs that come from elsewhere have a new place. */
  private forget(ids: ReadonlySet<number>): void {
    if (this.doubted.size > 0) {
      this.runs.forEach((run, index) => {
        if (run !== undefined && ids.has(run.id)) {
          this.runs[index] = undefined;
          this.doubted.delete(run.id);
        }
      });
    }
  }

  private readonly runs: (RunLine | undefined)[];
  /** Those of which it was known before where they are. */
  private readonly doubted = new Set<number>();
  private tall: ITall[] | null = null;
}
