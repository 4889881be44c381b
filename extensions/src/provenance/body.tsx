import * as React from 'react';

import { Course, Log } from './course.tsx';
import { Files } from './files.tsx';
import { Made } from './made.tsx';
import type { ISectionProps } from './panel.tsx';
import { Trouble } from './section.tsx';

/** All sections about one reduction. */
export function Body(props: ISectionProps & { name: string }): React.JSX.Element {
  const { name, model, trans } = props;
  const { shown, troubles } = model;
  return (
    <div key={name}>
      <h2>{name}</h2>
      <Trouble words={troubles.all} onRetry={() => void model.read()} trans={trans} />
      {shown === null ? (
        troubles.all === '' && <p role="status">{trans.__('Reading what it was made of…')}</p>
      ) : (
        <>
          <Made {...props} shown={shown} />
          <Files {...props} shown={shown} />
          <Course {...props} shown={shown} />
          <Log {...props} />
        </>
      )}
    </div>
  );
}
