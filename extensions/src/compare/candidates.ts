import type { ReductionAnswer, ReductionLine, RunLine } from '../api/types.ts';

/** A reduction that another could be compared with. */
export interface ICandidate {
  name: string;
  line: ReductionLine;
  run: RunLine;
}

export interface ICandidates {
  /** Other versions of the same run by the same template, newest first. */
  versions: ICandidate[];
  /** The newest reduction of other runs by the same template, the nearest run first. */
  others: ICandidate[];
}

/**
 * What a reduction can be compared with, out of the runs that were found.
 *
 * @param taken Names that are in the comparison already.
 */
export function candidates(of: ReductionAnswer, runs: readonly RunLine[], taken: readonly string[]): ICandidates {
  const template = of.reduction.template;
  const free = (line: ReductionLine): boolean => line.template === template && !taken.includes(line.name);
  const versions: ICandidate[] = [];
  const others: ICandidate[] = [];
  for (const run of runs) {
    if (run.instrument !== of.run.instrument) {
      continue;
    }
    const found = run.reductions.filter(free).map(line => ({ name: line.name, line, run }));
    if (run.id === of.run.id) {
      versions.push(...found);
    } else {
      others.push(...found.slice(0, 1));
    }
  }
  others.sort((one, other) => distance(of, one.run) - distance(of, other.run));
  return { versions, others };
}

function distance(of: ReductionAnswer, run: RunLine): number {
  const own = of.run.run_number;
  return own === null || run.run_number === null
    ? Math.abs(of.run.id - run.id)
    : Math.abs(own - run.run_number);
}
