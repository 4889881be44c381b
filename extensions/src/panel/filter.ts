import type { State } from '../api/types.ts';

/** Which runs are looked for; dates are days of the reader's calendar, `YYYY-MM-DD`, both included. */
export interface IFilter {
  readonly search: string;
  readonly instrument: string;
  readonly template: string;
  readonly states: readonly State[];
  readonly since: string;
  readonly until: string;
}

export const EVERYTHING: IFilter = {
  search: '',
  instrument: '',
  template: '',
  states: [],
  since: '',
  until: ''
};

/** What the server is asked; days become moments. */
export function queryOf(filter: IFilter): Record<string, string | readonly string[]> {
  return {
    search: filter.search.trim(),
    instrument: filter.instrument,
    template: filter.template,
    // What starts is about to run: nobody looks for the one and not for the other.
    state: filter.states.flatMap(state => (state === 'running' ? ['starting', state] : [state])),
    since: moment(filter.since, 0),
    until: moment(filter.until, 1)
  };
}

/** Whether it leaves all runs. */
export function leavesAll(filter: IFilter): boolean {
  return Object.values(queryOf(filter)).every(value => value.length === 0);
}

/** The filter without one of its conditions. */
export function without(filter: IFilter, field: keyof IFilter): IFilter {
  return { ...filter, [field]: EVERYTHING[field] };
}

/** Add a state, or take it away. */
export function withState(filter: IFilter, state: State, wanted: boolean): IFilter {
  const others = filter.states.filter(one => one !== state);
  return { ...filter, states: wanted ? [...others, state] : others };
}

/** Midnight at which a day begins, some days later; empty where there is no such day. */
function moment(day: string, later: number): string {
  const [year, month, date] = day.split('-').map(Number);
  const found = new Date(year ?? NaN, (month ?? NaN) - 1, (date ?? NaN) + later);
  return Number.isNaN(found.getTime()) ? '' : found.toISOString();
}
