import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api } from '../api/client.ts';
import type { Created, InstrumentList } from '../api/types.ts';
import { askUntilGood } from './asking.tsx';
import { type Entered, Form, SelectField, TextField } from './forms.tsx';

/** Ask for instrument, name and title, and make a template. */
export async function askNewTemplate(api: Api, trans: TranslationBundle): Promise<Created | null> {
  const { instruments } = await api.get<InstrumentList>('instruments');
  const options = instruments.map(({ key, name }) => [key, name === key ? key : `${key} · ${name}`] as const);
  const entered: Entered = {};
  const none = trans.__('There is no instrument yet. Make one first: New instrument, in the launcher.');
  return askUntilGood({
    title: trans.__('New template'),
    button: trans.__('Create'),
    working: trans.__('Creating…'),
    trans,
    form: trouble => (
      <Form trouble={trouble || (options.length === 0 ? none : '')}>
        <SelectField entered={entered} name="instrument" label={trans.__('Instrument')} options={options} />
        <TextField
          entered={entered}
          name="name"
          label={trans.__('Name')}
          help={trans.__('As in the names of its reductions: letters, digits and + - _ .')}
        />
        <TextField entered={entered} name="title" label={trans.__('Title')} help={trans.__('What people read')} />
      </Form>
    ),
    submit: () => api.post<Created>('templates', entered)
  });
}

/** Ask for a key and a name, and make an instrument. */
export async function askNewInstrument(api: Api, trans: TranslationBundle): Promise<Created | null> {
  const entered: Entered = {};
  return askUntilGood({
    title: trans.__('New instrument'),
    button: trans.__('Create'),
    working: trans.__('Creating…'),
    trans,
    form: trouble => (
      <Form trouble={trouble}>
        <TextField
          entered={entered}
          name="key"
          label={trans.__('Key')}
          help={trans.__('How its raw files begin, such as ENGINX; also the name of its folder')}
        />
        <TextField entered={entered} name="name" label={trans.__('Name')} help={trans.__('As people say it')} />
      </Form>
    ),
    submit: () => api.post<Created>('instruments', entered)
  });
}
