import type { TranslationBundle } from '@jupyterlab/translation';

import { hasEnded } from '../words/states.ts';
import { exactly } from '../words/times.ts';
import type { InputCheck, Manifest, OutputKind, Provenance, Source, State, UsedValue } from './types.ts';

/** Where a value came from. */
export function sourceWords(source: Source, trans: TranslationBundle): string {
  switch (source) {
    case 'supplied':
      return trans.__('supplied by the platform');
    case 'request':
      return trans.__('asked for');
    case 'experiment':
      return trans.__('set for the experiment');
    case 'run-range':
      return trans.__('set for a range of runs');
    case 'instrument':
      return trans.__('set for the instrument');
    case 'template':
      return trans.__("the template's default");
  }
}

/** Which published version of its template made a reduction, if any did. */
export function publishedWords(
  { published, publications_problem: problem }: Pick<Provenance, 'published' | 'publications_problem'>,
  trans: TranslationBundle
): string {
  if (problem !== '') {
    return trans.__('not known: %1', problem);
  }
  return published === null
    ? trans.__('not published')
    : trans.__(
        'published version %1 by %2 on %3',
        published.version,
        published.person,
        exactly(published.time)
      );
}

/** Why an environment has no command that rebuilds it, and what to do; empty where it has one, or no manifest. */
export function noRebuildWords(
  manifest: Manifest | null,
  { install, verify }: Pick<Provenance, 'install' | 'verify'>,
  trans: TranslationBundle
): string {
  if (manifest === null || install !== null) {
    return '';
  }
  if (verify === null) {
    return trans.__(
      'The manifest is not in the archive any more, so it cannot be rebuilt. Restore the folder of this reduction from a backup.'
    );
  }
  return manifest.hashes_missing > 0
    ? trans._n(
        'No command rebuilds it: %1 package has no hash. The manifest has its version, and says why under custom_metadata; install that package by hand.',
        'No command rebuilds it: %1 packages have no hash. The manifest has their versions, and says why under custom_metadata; install those packages by hand.',
        manifest.hashes_missing
      )
    : trans.__(
        'No command rebuilds it: conda-lock needs conda packages, and this has Python packages alone. Install them with pip, from the addresses in the manifest.'
      );
}

/** What stands where nothing is recorded, which may only be so while it has not ended. */
export function nothingWords(state: State, otherwise: string, trans: TranslationBundle): string {
  return hasEnded(state) ? otherwise : trans.__('Recorded when it has ended.');
}

/** What becomes of an output. */
export function kindWord(kind: OutputKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'keep':
      return trans.__('kept');
    case 'publish':
      return trans.__('published');
    case 'scratch':
      return trans.__('scratch');
  }
}

/** How an input file is now: a sign for the eye, words for everyone. */
export function checkWords(check: InputCheck, trans: TranslationBundle): string {
  switch (check.state) {
    case 'same':
      return trans.__('✓ as it was');
    case 'changed':
      return trans.__('✗ changed since: %1', check.reason);
    case 'gone':
      return trans.__('✗ not there any more');
    case 'unreadable':
      return trans.__('✗ cannot be read: %1', check.reason);
  }
}

/** A value as a person reads it, with its unit. */
export function valueWords(used: UsedValue): string {
  const value = typeof used.value === 'string' ? used.value : JSON.stringify(used.value);
  return used.unit === '' ? value : `${value} ${used.unit}`;
}

/** A size in bytes with three figures: `17 B`, `1.25 kB`, `380 MB`. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : Number(size.toPrecision(3))} ${units[unit]}`;
}

/** Enough of a digest to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

const CONTROLS = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** A log without what colours terminals. */
export function plainText(text: string): string {
  return text.replace(CONTROLS, '');
}
