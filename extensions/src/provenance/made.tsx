import * as React from 'react';

import { endWords, failureSentence } from '../records/words.ts';
import { stateWord } from '../words/states.ts';
import { exactly } from '../words/times.ts';
import type { IShown } from './model.ts';
import type { ISectionProps } from './panel.tsx';
import { Action, Facts, Section } from './section.tsx';
import { noRebuildWords, nothingWords, publishedWords, shortDigest, sourceWords, valueWords } from './words.ts';

type Props = ISectionProps & { shown: IShown };

/** Run, template, parameters and environment. */
export function Made(props: Props): JSX.Element {
  return (
    <>
      <RunSection {...props} />
      <TemplateSection {...props} />
      <ParametersSection {...props} />
      <EnvironmentSection {...props} />
    </>
  );
}

function RunSection({ shown, trans }: Props): JSX.Element {
  const { progress, reduction, run } = shown.answer;
  const took =
    reduction.started && reduction.ended
      ? Date.parse(reduction.ended) - Date.parse(reduction.started)
      : null;
  const isAt =
    reduction.state === 'running' && progress
      ? trans.__('cell %1 of %2', progress.cell, progress.cells)
      : '';
  return (
    <Section title={trans.__('Run')}>
      <p>
        <span aria-hidden="true">{stateWord(reduction.state, trans).sign}</span>{' '}
        {endWords({ state: reduction.state, took }, trans)}
        {isAt !== '' && `, ${isAt}`}
      </p>
      {reduction.failure !== null && (
        <p>
          {failureSentence(reduction.failure, trans)} <code>{reduction.reason}</code>
        </p>
      )}
      <Facts
        facts={[
          [trans.__('Run'), `${run.instrument} ${run.name}`],
          [trans.__('Title'), run.title],
          [trans.__('Experiment'), run.experiment],
          [trans.__('Measured'), run.start && exactly(run.start)],
          [trans.__('Counts'), run.counts === null ? '' : run.counts.toLocaleString()],
          [trans.__('Reduced'), reduction.ended && exactly(reduction.ended)],
          [trans.__('Rerun of'), reduction.rerun_of ?? ''],
          [trans.__('Requested by'), reduction.requested_by ?? ''],
          [trans.__('Notes'), run.notes.join('; ')]
        ]}
      />
      {(reduction.warnings ?? []).map(warning => (
        <p key={warning} className="nbreduce-Notice nbreduce-Notice-warning">
          {warning}
        </p>
      ))}
    </Section>
  );
}

function TemplateSection({ shown, trans }: Props): JSX.Element {
  const { reduction, template_changed, template_known } = shown.answer;
  const { published } = shown.provenance;
  const now = template_changed
    ? trans.__('changed since')
    : template_known
      ? trans.__('the same')
      : trans.__('not there any more');
  return (
    <Section title={trans.__('Template')}>
      <Facts
        facts={[
          [trans.__('Name'), reduction.template],
          [trans.__('Title'), shown.provenance.title],
          [
            trans.__('Version'),
            <React.Fragment key="version">
              <div>{publishedWords(shown.provenance, trans)}</div>
              {published && <div className="nbreduce-Provenance-aside">{published.message}</div>}
            </React.Fragment>
          ],
          [trans.__('Checksum'), <Digest key="digest" digest={reduction.template_sha256} />],
          [trans.__('Commit'), reduction.template_commit ?? ''],
          [trans.__('Now'), now]
        ]}
      />
    </Section>
  );
}

function ParametersSection({ shown, trans }: Props): JSX.Element {
  return (
    <Section title={trans.__('Parameters')}>
      <Facts
        facts={shown.provenance.parameters.map(one => [
          one.name,
          <React.Fragment key={one.name}>
            <div>{valueWords(one)}</div>
            <div className="nbreduce-Provenance-aside">{sourceWords(one.source, trans)}</div>
            {one.help !== '' && <div className="nbreduce-Provenance-aside">{one.help}</div>}
          </React.Fragment>
        ])}
      />
    </Section>
  );
}

function EnvironmentSection({ model, shown, actions, trans }: Props): JSX.Element {
  const { reduction } = shown.answer;
  const { install, manifest, verify } = shown.provenance;
  const lacking = noRebuildWords(reduction.manifest, shown.provenance, trans);
  const address = model.api.address(`reductions/${encodeURIComponent(reduction.name)}/manifest`);
  return (
    <Section title={trans.__('Environment')}>
      <Facts
        facts={[
          [trans.__('Name'), reduction.environment],
          [trans.__('Packages'), reduction.manifest ? String(reduction.manifest.packages) : ''],
          [
            trans.__('Without hash'),
            reduction.manifest?.hashes_missing ? String(reduction.manifest.hashes_missing) : ''
          ],
          [
            trans.__('Manifest'),
            reduction.manifest ? <Digest key="digest" digest={reduction.manifest.sha256} /> : nothingWords(reduction.state, trans.__('none'), trans)
          ]
        ]}
      />
      {lacking !== '' && <p>{lacking}</p>}
      {verify !== null && (
        <p className="nbreduce-Provenance-actions">
          {manifest !== null && (
            <Action label={trans.__('Open the manifest')} onClick={() => actions.openPath(manifest)} />
          )}
          <a href={address} download>
            {trans.__('Download')}
          </a>
          {install !== null && (
            <Action
              label={trans.__('Copy the command that rebuilds it')}
              onClick={() => actions.copy(install)}
            />
          )}
          <Action
            label={trans.__('Copy the command that compares it with today')}
            onClick={() => actions.copy(verify)}
          />
        </p>
      )}
    </Section>
  );
}

function Digest({ digest }: { digest: string }): JSX.Element {
  return <code title={digest}>{shortDigest(digest)}</code>;
}
