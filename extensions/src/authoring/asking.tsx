import { Dialog, Notification, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { wordsOf } from '../api/client.ts';

const CANCEL = 0;
const ACCEPT = 1;

interface IQuestion<T> {
  title: string;
  /** What the button says that does it. */
  button: string;
  /** What is said while it is done. */
  working: string;
  trans: TranslationBundle;
  /** The form; `trouble` says why the last try was refused. It writes what is entered where `submit` finds it. */
  form: (trouble: string) => React.JSX.Element;
  submit: () => Promise<T>;
}

/**
 * Ask until what was entered is accepted, or the person gives up; what was entered stays meanwhile.
 *
 * Who closes the dialog while it is being done is told the end all the same.
 */
export async function askUntilGood<T>(question: IQuestion<T>): Promise<T | null> {
  const dialog = new Asking(question);
  await dialog.launch();
  try {
    return await dialog.pending;
  } catch (error) {
    Notification.error(`${question.title}: ${wordsOf(error)}`, { autoClose: false });
    return null;
  }
}

/** A dialog that stays until it is done. */
class Asking<T> extends Dialog<unknown> {
  constructor(question: IQuestion<T>) {
    const { title, button, trans } = question;
    const body = new Body(question);
    super({
      title,
      body,
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: button })],
      defaultButton: ACCEPT,
      focusNodeSelector: '.nbreduce-Form input, .nbreduce-Form select, .nbreduce-Form textarea'
    });
    this.body = body;
    this.question = question;
  }

  /** What is being done, or was; null where nothing is, or it was refused. */
  get pending(): Promise<T> | null {
    return this._pending;
  }

  override resolve(index: number = ACCEPT): void {
    if (index === CANCEL) {
      super.resolve(CANCEL);
    } else if (this._pending === null) {
      void this.submit();
    }
  }

  private async submit(): Promise<void> {
    // JupyterLab's own dialogs, as of a file that cannot be saved, wait until this one is closed.
    Dialog.tracker.widgetAdded.connect(this.close, this);
    this._pending = this.question.submit();
    this.body.say('', true);
    try {
      await this._pending;
      super.resolve(ACCEPT);
    } catch (error) {
      if (!this.isDisposed) {
        this._pending = null;
        this.body.say(wordsOf(error), false);
      }
    } finally {
      Dialog.tracker.widgetAdded.disconnect(this.close, this);
    }
  }

  private readonly body: Body;
  private readonly question: IQuestion<T>;
  private _pending: Promise<T> | null = null;
}

class Body extends ReactWidget {
  constructor(question: Pick<IQuestion<unknown>, 'form' | 'working'>) {
    super();
    this.question = question;
  }

  say(trouble: string, works: boolean): void {
    this.trouble = trouble;
    this.works = works;
    this.update();
  }

  protected override render(): React.JSX.Element {
    return (
      <>
        {this.question.form(this.trouble)}
        <p className="nbreduce-Form-working" role="status">
          {this.works && this.question.working}
        </p>
      </>
    );
  }

  private readonly question: Pick<IQuestion<unknown>, 'form' | 'working'>;
  private trouble = '';
  private works = false;
}
