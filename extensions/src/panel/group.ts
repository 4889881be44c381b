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
    runs.slice(0, this.count - index).forEach((run, offset) => {
      this.runs[index + offset] = run;
    });
    this.forgetLayout();
  }

  /** Put a run on top. */
  prepend(run: RunLine): void {
    this.grow(this.count + 1);
    this.place(0, [run]);
  }

  /** Become as long as is said by runs on top that are not known yet. */
  grow(count: number): void {
    this.runs = new Array<RunLine | undefined>(count - this.count).concat(this.runs);
    this.forgetLayout();
  }

  /** Lines from the first run to the one at an index. */
  lineOf(index: number, expanded: ReadonlySet<number>): number {
    const last = this.lastBefore(expanded, tall => tall.index < index);
    return index + (last ? last.before + last.extra : 0);
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
    let before = 0;
    this.runs.forEach((run, index) => {
      const extra = heightOf(blockOf(run, run !== undefined && expanded.has(run.id))) - 1;
      if (extra > 0) {
        found.push({ index, extra, before });
        before += extra;
      }
    });
    return found;
  }

  private runs: (RunLine | undefined)[];
  private tall: ITall[] | null = null;
}
