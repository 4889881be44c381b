import type { Widget } from '@lumino/widgets';

/** A widget that is about one reduction says so by this. */
export interface IReductionWidget {
  readonly reductionName: string;
}

/**
 * Name of the reduction that a widget shows: its executed notebook, or a view of it; null where it shows none.
 *
 * The notebook of a trial looks like a reduction's, and is none.
 */
export function reductionOf(widget: Widget | null): string | null {
  if (widget === null) {
    return null;
  }
  const own = (widget as Partial<IReductionWidget>).reductionName;
  if (typeof own === 'string') {
    return own;
  }
  const model = (widget as { context?: { model?: { getMetadata?(key: string): unknown } } }).context?.model;
  const record = model?.getMetadata?.('nbreduce') as
    | { reduction?: { name?: unknown }; trial?: unknown }
    | undefined;
  const name = record?.trial === true ? null : record?.reduction?.name;
  return typeof name === 'string' ? name : null;
}
