/** The data of a plot as a notebook stores it, read without trusting any of it. */

import type { TranslationBundle } from '@jupyterlab/translation';

export const PLOT_MIME_TYPE = 'application/vnd.nbreduce.plot+json';

/** What `bokeh.embed.json_item` gives, as far as the renderer reads it. */
export interface IBokehItem {
  root_id: string;
  doc: Record<string, unknown>;
}

export interface IPlot {
  item: IBokehItem;
  /** The Bokeh version that wrote the document. */
  version: string;
  /** One sentence that describes the plot. */
  alt: string;
}

/** The plot in a stored output is damaged; the message is for the reader of the notebook. */
export class PlotError extends Error {}

/**
 * Read the value stored under {@link PLOT_MIME_TYPE}.
 *
 * The document is JSON in a string: notebooks are written with sorted keys, and Bokeh's references
 * depend on the order in which they were written.
 */
export function readPlot(value: unknown, trans: TranslationBundle): IPlot {
  if (!isObject(value) || typeof value.doc_json !== 'string') {
    throw new PlotError(trans.__('This output holds no plot document.'));
  }
  const item = parse(value.doc_json, trans);
  if (!isObject(item) || typeof item.root_id !== 'string' || !isObject(item.doc)) {
    throw new PlotError(trans.__('The plot document is not one that Bokeh wrote.'));
  }
  return {
    item: { root_id: item.root_id, doc: item.doc },
    version: typeof value.bokeh === 'string' ? value.bokeh : String(item.doc.version ?? ''),
    alt: typeof value.alt === 'string' && value.alt !== '' ? value.alt : trans.__('Interactive plot')
  };
}

/**
 * What a reader must know if a document was written by another Bokeh than the one that draws it.
 *
 * @returns A sentence, or null where major and minor version agree.
 */
export function versionWarning(document: string, library: string, trans: TranslationBundle): string | null {
  const [theirs, ours] = [document, library].map(majorMinor);
  if (theirs !== null && theirs === ours) {
    return null;
  }
  const writer = document === '' ? trans.__('an unknown Bokeh version') : `Bokeh ${document.slice(0, 40)}`;
  return trans.__(
    'This plot was written by %1 and is drawn by BokehJS %2; parts of it may look different or be missing.',
    writer,
    library
  );
}

function majorMinor(version: string): string | null {
  return /^(\d+\.\d+)\./.exec(version)?.[1] ?? null;
}

function parse(text: string, trans: TranslationBundle): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PlotError(trans.__('The plot document is damaged: %1.', (error as Error).message));
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
