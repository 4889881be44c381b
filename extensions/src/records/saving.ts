/**
 * Mends to JupyterLab's document context for notebooks that nobody may save.
 *
 * As in kernel.ts, members of one object are replaced: that of the one notebook.
 */

import { getter } from './members.ts';

/** The part of JupyterLab's document context that saves. */
export interface ISaving {
  readonly canSave?: boolean;
  readonly contentsModel: { readonly writable: boolean } | null;
  save(): Promise<void>;
}

const refused = new WeakSet<ISaving>();

/** Whether nobody may save it. A context whose saving is refused says itself that it can be written. */
export function isNeverSaved(context: ISaving): boolean {
  return refused.has(context) || context.contentsModel?.writable === false;
}

/**
 * Let people try to save, and tell them why it cannot be.
 *
 * JupyterLab would only dim its commands. Whoever does not try by hand is not bothered: the autosave asks `canSave`.
 * All views of a file share its context; later calls for the same do nothing.
 */
export function refuseSaving(context: ISaving, explain: () => void): void {
  if (refused.has(context)) {
    return;
  }
  refused.add(context);
  const contentsModel = getter<ISaving['contentsModel']>(context, 'contentsModel');
  const refuse = async (): Promise<never> => {
    explain();
    throw cancelled();
  };
  Object.defineProperties(context, {
    canSave: { value: false, configurable: true },
    contentsModel: {
      get: () => {
        const model = contentsModel();
        return model === null ? null : { ...model, writable: true };
      },
      configurable: true
    },
    save: { value: refuse, configurable: true }
  });
}

/** The error that JupyterLab takes for "the person chose not to". */
function cancelled(): Error {
  const error = new Error('A record is never saved.');
  error.name = 'ModalCancelError';
  return error;
}
