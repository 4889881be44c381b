/** Replaces plots that were stored in a notebook before its kernel was there: JupyterLab does not know their names. */

import type { IDisplayData } from '@jupyterlab/nbformat';

import { PLOT_MIME_TYPE } from '../plots/bundle.ts';

/** The part of an output area's model that is used. */
export interface IOutputs {
  readonly length: number;
  get(index: number): { readonly data: Readonly<Record<string, unknown>> };
  set(index: number, output: IDisplayData): void;
}

/** The part of a message that is used. */
export interface IDisplayMessage {
  header: { msg_type: string };
  content: object;
}

interface IDisplay extends Partial<Pick<IDisplayData, 'data' | 'metadata'>> {
  transient?: { display_id?: string };
}

/** Follows one kernel's messages. */
export class StoredDisplays {
  /** `outputs` gives the models of all output areas, as they are now. */
  constructor(outputs: () => Iterable<IOutputs>) {
    this._outputs = outputs;
  }

  /** Replace what a message replaces, unless it was shown while JupyterLab listened, which then does it itself. */
  take(message: IDisplayMessage): void {
    const display = message.content as IDisplay;
    const id = display.transient?.display_id;
    if (id === undefined) {
      return;
    }
    if (message.header.msg_type === 'display_data') {
      this._known.add(id);
    } else if (message.header.msg_type === 'update_display_data' && !this._known.has(id)) {
      this._replace(id, display);
    }
  }

  private _replace(id: string, { data = {}, metadata = {} }: IDisplay): void {
    for (const outputs of this._outputs()) {
      for (let index = 0; index < outputs.length; index++) {
        if (nameOf(outputs.get(index).data[PLOT_MIME_TYPE]) === id) {
          outputs.set(index, { output_type: 'display_data', data, metadata });
        }
      }
    }
  }

  private readonly _outputs: () => Iterable<IOutputs>;
  private readonly _known = new Set<string>();
}

function nameOf(plot: unknown): unknown {
  return typeof plot === 'object' && plot !== null ? (plot as { display_id?: unknown }).display_id : undefined;
}
