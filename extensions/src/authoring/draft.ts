/** The part of a notebook's JSON that drafts are made of. */
export interface INotebookJson {
  cells: ICellJson[];
  [key: string]: unknown;
}

interface ICellJson {
  cell_type: string;
  outputs?: unknown[];
  attachments?: unknown;
  [key: string]: unknown;
}

// The check looks whether there are outputs, never at them; they may be many megabytes.
const AN_OUTPUT = { output_type: 'stream', name: 'stdout', text: '' };

/** A notebook as the check needs it: its outputs are only counted. */
export function draftForCheck(notebook: INotebookJson): INotebookJson {
  return withOutputs(notebook, outputs => (outputs.length > 0 ? [AN_OUTPUT] : []));
}

/** A notebook as a trial needs it: without outputs. */
export function draftForTrial(notebook: INotebookJson): INotebookJson {
  return withOutputs(notebook, () => []);
}

function withOutputs(notebook: INotebookJson, change: (outputs: unknown[]) => unknown[]): INotebookJson {
  const cells = notebook.cells.map(cell =>
    cell.cell_type === 'code' ? { ...cell, outputs: change(cell.outputs ?? []) } : cell
  );
  return { ...notebook, cells };
}
