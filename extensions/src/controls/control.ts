/** The data of a control as a notebook stores it. */

import type { TranslationBundle } from '@jupyterlab/translation';

export const CONTROL_MIME_TYPE = 'application/vnd.nbreduce.control+json';

export interface IControl {
  /** The id of the ipywidgets model, or null where none is stored. */
  modelId: string | null;
  /** What a reader without kernel sees. */
  note: string;
}

/** Read the value stored under {@link CONTROL_MIME_TYPE}; what is damaged shows the default note. */
export function readControl(value: unknown, trans: TranslationBundle): IControl {
  const stored = typeof value === 'object' && value !== null ? value : {};
  const { model_id: modelId, note } = stored as Record<string, unknown>;
  return {
    modelId: typeof modelId === 'string' ? modelId : null,
    note: typeof note === 'string' && note !== '' ? note : trans.__('Open with a kernel and run this cell to use its control.')
  };
}
