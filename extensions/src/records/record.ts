/** What a notebook's metadata and cells say of the reduction that made it. */

import type { FailureKind, State } from './types.ts';

/** What the banner needs of a record. */
export interface IRecord {
  name: string;
  instrument: string;
  run: string;
  template: string;
  title: string;
  version: number;
  state: State;
  failure: FailureKind | null;
  reason: string;
  /** How long it took, in milliseconds; null where it never began. */
  took: number | null;
}

/** The part of a notebook's cell that tells how it went. */
export interface ICell {
  readonly type: string;
  getMetadata(key: string): unknown;
  readonly sharedModel: { getSource(): string };
}

/**
 * Whether the notebook metadata `nbreduce` is the record of a reduction.
 *
 * A template has the key too, with its title and environment; the record of a reduction adds the
 * run that it was applied to.
 */
export function isRecord(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'run' in metadata;
}

/** Read a record; null where what stands there is none, or damaged, or of a trial, which is no reduction. */
export function readRecord(metadata: unknown): IRecord | null {
  const { run, reduction, template, trial } = object(metadata);
  const made = object(reduction);
  if (trial === true || typeof made.name !== 'string' || typeof made.version !== 'number') {
    return null;
  }
  const began = Date.parse(text(made.started));
  const ended = Date.parse(text(made.ended));
  return {
    name: made.name,
    instrument: text(object(run).instrument),
    run: text(object(run).name),
    template: text(made.template),
    title: text(object(template).title) || text(made.template),
    version: made.version,
    state: text(made.state) as State,
    failure: (text(made.failure) || null) as FailureKind | null,
    reason: text(made.reason),
    took: Number.isNaN(ended - began) ? null : ended - began
  };
}

/** Name of the reduction that a notebook is a copy of; null where it is none. */
export function originOf(metadata: unknown): string | null {
  return text(object(metadata).name) || null;
}

/** Where the code cell `number` stands, counted from 1 as records count: code cells that are not blank. */
export function indexOfCodeCell(cells: readonly ICell[], number: number): number {
  let count = 0;
  return cells.findIndex(cell => {
    count += isCounted(cell) ? 1 : 0;
    return isCounted(cell) && count === number;
  });
}

/** Where the cell stands at which the execution failed; -1 where no cell did. */
export function indexOfFailedCell(cells: readonly ICell[]): number {
  return cells.findIndex(cell => object(cell.getMetadata('papermill')).status === 'failed');
}

/** Where the first cell with a tag stands; -1 where there is none. */
export function indexOfTag(cells: readonly ICell[], tag: string): number {
  return cells.findIndex(cell => {
    const tags = cell.getMetadata('tags');
    return Array.isArray(tags) && tags.includes(tag);
  });
}

function isCounted(cell: ICell): boolean {
  return cell.type === 'code' && cell.sharedModel.getSource().trim() !== '';
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
