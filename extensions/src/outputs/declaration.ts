/** Declared outputs and progress as a notebook stores them. */

import type { TranslationBundle } from '@jupyterlab/translation';

export const OUTPUT_MIME_TYPE = 'application/vnd.nbreduce.output+json';
export const PROGRESS_MIME_TYPE = 'application/vnd.nbreduce.progress+json';

export interface IDeclaration {
  path: string;
  /** What becomes of the file, in a word. */
  fate: string;
  title: string;
}

export interface IProgress {
  /** From 0 to 1. */
  fraction: number;
  message: string;
}

/** Read a declared output; what is damaged is shown as empty. */
export function readDeclaration(value: unknown, trans: TranslationBundle): IDeclaration {
  const { path, kind, title } = record(value);
  return {
    path: text(path),
    fate: fateWord(kind, trans),
    title: text(title)
  };
}

function fateWord(kind: unknown, trans: TranslationBundle): string {
  switch (kind) {
    case 'keep':
      return trans.__('kept');
    case 'publish':
      return trans.__('published');
    case 'scratch':
      return trans.__('scratch');
    default:
      return trans.__('output');
  }
}

/** Read a progress report; what is damaged is shown as nothing done. */
export function readProgress(value: unknown): IProgress {
  const { fraction, message } = record(value);
  const done = typeof fraction === 'number' && Number.isFinite(fraction) ? fraction : 0;
  return { fraction: Math.min(1, Math.max(0, done)), message: text(message) };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
