/** Sources of an executed notebook's cells that hold values, as they stand in the editor. */
export interface ICells {
  parameters: string | null;
  injected: string | null;
}

/** The part of a cell's model that is read here. */
export interface ITaggedCell {
  readonly sharedModel: { getSource(): string };
  getMetadata(key: string): unknown;
}

const TAGS = { parameters: 'parameters', injected: 'injected-parameters' } as const;

/** Read the cells that hold values; null for one that is not there. */
export function readCells(cells: Iterable<ITaggedCell>): ICells {
  const all = [...cells];
  const sourceOf = (tag: string): string | null => {
    const found = all.find(cell => {
      const tags = cell.getMetadata('tags');
      return Array.isArray(tags) && tags.includes(tag);
    });
    return found?.sharedModel.getSource() ?? null;
  };
  return { parameters: sourceOf(TAGS.parameters), injected: sourceOf(TAGS.injected) };
}
