import * as React from 'react';

import { pathOf } from '../api/client.ts';
import type { IShown } from './model.ts';
import type { ISectionProps } from './panel.tsx';
import { Section, Trouble } from './section.tsx';
import { checkWords, kindWord, nothingWords, shortDigest, sizeWords } from './words.ts';

type Props = ISectionProps & { shown: IShown };

/** Inputs and outputs. */
export function Files(props: Props): JSX.Element {
  return (
    <>
      <InputsSection {...props} />
      <OutputsSection {...props} />
    </>
  );
}

function InputsSection({ model, shown, trans }: Props): JSX.Element {
  const { inputs = [], state } = shown.answer.reduction;
  const { checks, troubles } = model;
  const isChecking = checks === 'checking';
  return (
    <Section title={trans.__('Inputs')}>
      {inputs.length === 0 && <p>{nothingWords(state, trans.__('None is recorded.'), trans)}</p>}
      <ul>
        {inputs.map(one => {
          const found = isChecking ? undefined : checks?.find(it => it.path === one.path);
          return (
            <li key={one.path}>
              <code>{one.path}</code>
              <div>
                {sizeWords(one.size)} · sha256 <code title={one.sha256}>{shortDigest(one.sha256)}</code>
              </div>
              {found && <strong role="status">{checkWords(found, trans)}</strong>}
            </li>
          );
        })}
      </ul>
      <Trouble words={troubles.checks} trans={trans} />
      {inputs.length > 0 && (
        <button
          className="jp-mod-styled"
          disabled={isChecking}
          onClick={() => void model.check()}
        >
          {isChecking ? trans.__('Checking…') : trans.__('Check now')}
        </button>
      )}
    </Section>
  );
}

function OutputsSection({ model, shown, trans }: Props): JSX.Element {
  const { reduction } = shown.answer;
  const outputs = reduction.outputs ?? [];
  const base = `reductions/${pathOf(reduction.name)}/outputs`;
  return (
    <Section title={trans.__('Outputs')}>
      {outputs.length === 0 && (
        <p>{nothingWords(reduction.state, trans.__('None was declared.'), trans)}</p>
      )}
      <ul>
        {outputs.map(one => (
          <li key={one.path}>
            <code>{one.path}</code>
            <div>
              {[kindWord(one.kind, trans), sizeWords(one.size), one.title ?? '']
                .filter(Boolean)
                .join(' · ')}
            </div>
            <a
              href={model.api.address(`${base}/${pathOf(...one.path.split('/'))}`)}
              download
              aria-label={trans.__('Download %1', one.path)}
            >
              {trans.__('Download')}
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
