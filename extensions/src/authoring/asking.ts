import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type * as React from 'react';

import { wordsOf } from '../api/client.ts';

interface IQuestion<T> {
  title: string;
  /** What the button says that does it. */
  button: string;
  trans: TranslationBundle;
  /** The form; `trouble` says why the last try was refused. It writes what is entered where `submit` finds it. */
  form: (trouble: string) => React.JSX.Element;
  submit: () => Promise<T>;
}

/** Ask until what was entered is accepted, or the person gives up; what was entered stays meanwhile. */
export async function askUntilGood<T>(question: IQuestion<T>): Promise<T | null> {
  const { title, button, trans, form, submit } = question;
  let trouble = '';
  for (;;) {
    const answer = await showDialog({
      title,
      body: ReactWidget.create(form(trouble)),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: button })
      ],
      focusNodeSelector: '.nbreduce-Form input, .nbreduce-Form select, .nbreduce-Form textarea'
    });
    if (!answer.button.accept) {
      return null;
    }
    try {
      return await submit();
    } catch (error) {
      trouble = wordsOf(error);
    }
  }
}
