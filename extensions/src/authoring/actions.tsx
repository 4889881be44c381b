import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api } from '../api/client.ts';
import type { Published, TrialAnswer } from '../api/types.ts';
import { askUntilGood } from './asking.tsx';
import type { TemplateAuthor } from './author.ts';
import { type Entered, Form, RunField, SelectField, TextField, ValueFields } from './forms.tsx';
import { labelOf } from './places.ts';
import { changedValues, fieldsOf, type ISchema } from './values.ts';

const COUNTS = [3, 5, 10, 20];

/** Ask for a run and values, and try the template on it; null where the person gives up or the draft has errors. */
export async function askTryOnRun(
  author: TemplateAuthor,
  api: Api,
  trans: TranslationBundle
): Promise<TrialAnswer | null> {
  const schema = await usableSchema(author, trans);
  if (schema === null) {
    return null;
  }
  const entered: Entered = {};
  const texts: Entered = {};
  const fields = fieldsOf(schema);
  return askUntilGood({
    title: trans.__('Try %1 on a run', labelOf(author.template)),
    button: trans.__('Try'),
    working: trans.__('Filing the trial…'),
    trans,
    form: trouble => (
      <Form trouble={trouble}>
        <RunField api={api} instrument={author.template.instrument} entered={entered} trans={trans} />
        <ValueFields fields={fields} entered={texts} trans={trans} />
      </Form>
    ),
    submit: () =>
      author.tryOn({
        runs: entered['run'] ? [entered['run']] : [],
        parameters: changedValues(fields, texts)
      })
  });
}

/** Ask for a number of runs, and try the template on as many of the last. */
export async function askTryOnLast(
  author: TemplateAuthor,
  trans: TranslationBundle
): Promise<TrialAnswer | null> {
  if ((await usableSchema(author, trans)) === null) {
    return null;
  }
  const entered: Entered = {};
  const options = COUNTS.map(n => [String(n), trans._n('%1 run', '%1 runs', n)] as const);
  return askUntilGood({
    title: trans.__('Try %1 on the last runs', labelOf(author.template)),
    button: trans.__('Try'),
    working: trans.__('Filing the trial…'),
    trans,
    form: trouble => (
      <Form trouble={trouble}>
        <SelectField entered={entered} name="last" label={trans.__('The last')} options={options} />
        <p>{trans.__('Runs that the template is for; each is compared with its newest reduction.')}</p>
      </Form>
    ),
    submit: () => author.tryOn({ last: Number(entered['last']) })
  });
}

/** Ask what is new, and publish the template. */
export async function askPublish(
  author: TemplateAuthor,
  trans: TranslationBundle
): Promise<Published | null> {
  const entered: Entered = {};
  const repository = author.standing.versions?.repository ?? false;
  const options = [
    ['no', trans.__('No')],
    ['yes', trans.__('Yes, with the same message')]
  ] as const;
  const published = await askUntilGood({
    title: trans.__('Publish %1', labelOf(author.template)),
    button: trans.__('Publish'),
    working: trans.__('Saving and publishing…'),
    trans,
    form: trouble => (
      <Form trouble={trouble}>
        <p>{trans.__('Outputs are cleared and the notebook is saved; then what is saved becomes the next version.')}</p>
        <TextField entered={entered} name="message" label={trans.__('What is new')} many />
        {repository && (
          <SelectField entered={entered} name="commit" label={trans.__('Commit it in git')} options={options} />
        )}
      </Form>
    ),
    submit: async () => {
      try {
        return await author.publish(entered['message'] ?? '', entered['commit'] === 'yes');
      } catch (error) {
        // The cells show what keeps it from being published.
        void author.check();
        throw error;
      }
    }
  });
  if (published !== null) {
    const words = trans.__('%1 is published as version %2', labelOf(author.template), published.version);
    Notification.success(words, { autoClose: 5000 });
  }
  return published;
}

/** Check the draft; give the schema of its values, or say that it cannot be tried. */
async function usableSchema(author: TemplateAuthor, trans: TranslationBundle): Promise<ISchema | null> {
  const answer = await author.check();
  const schema = answer?.schema ?? null;
  if (schema === null) {
    Notification.error(
      trans.__('%1 cannot be tried yet: see what the check says.', labelOf(author.template)),
      { autoClose: 8000 }
    );
  }
  return schema as ISchema | null;
}
