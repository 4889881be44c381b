import type { TemplateProblem } from '../api/types.ts';
import { byCell } from './problems.ts';

/** A cell as a check saw it: the cell itself, and all of it that a check looks at. */
export interface ISeen<Cell> {
  cell: Cell;
  text: string;
}

/**
 * The problems of the cells that are still as the check saw them.
 *
 * The check counts the cells that it was sent; they may have been moved, edited or removed before it answered.
 */
export function stillTrue<Cell>(
  problems: readonly TemplateProblem[],
  then: readonly ISeen<Cell>[],
  now: readonly ISeen<Cell>[]
): Map<Cell, TemplateProblem[]> {
  const texts = new Map(now.map(({ cell, text }) => [cell, text]));
  const found = new Map<Cell, TemplateProblem[]>();
  for (const [index, ofCell] of byCell(problems)) {
    const seen = index === null ? undefined : then[index];
    if (seen !== undefined && texts.get(seen.cell) === seen.text) {
      found.set(seen.cell, ofCell);
    }
  }
  return found;
}

/** Whether cells were edited, added, removed or moved. */
export function isEdited<Cell>(then: readonly ISeen<Cell>[], now: readonly ISeen<Cell>[]): boolean {
  return (
    then.length !== now.length ||
    then.some(({ cell, text }, index) => cell !== now[index]?.cell || text !== now[index]?.text)
  );
}
