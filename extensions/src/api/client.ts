import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Problem } from './types.ts';

export const API = 'nbreduce/api';

/** What can stand in a query; what is undefined, null or empty is left out, a list is repeated. */
export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

/** An answer that is an error, in the server's words: what happened, and what to do next. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;
  readonly problems: readonly Problem[];

  constructor(message: string, status: number, hint = '', problems: readonly Problem[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.hint = hint;
    this.problems = problems;
  }

  /** Message and hint in one text. */
  get words(): string {
    return this.hint ? `${this.message}. ${this.hint}` : this.message;
  }
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof ApiError ? error.words : String(error);
}

/** Asks the server extension. */
export class Api {
  readonly settings: ServerConnection.ISettings;

  constructor(settings: ServerConnection.ISettings) {
    this.settings = settings;
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.ask<T>(path + queryText(query), { method: 'GET' });
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.ask<T>(path, { method: 'POST', body: JSON.stringify(body) });
  }

  delete<T>(path: string): Promise<T> {
    return this.ask<T>(path, { method: 'DELETE' });
  }

  /** Address of something that the browser itself shall fetch, such as a download. */
  address(path: string): string {
    return URLExt.join(this.settings.baseUrl, API, path);
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(this.address(path), init, this.settings);
    } catch (error) {
      throw new ApiError(`the Jupyter server does not answer (${String(error)})`, 0);
    }
    const answer = await readJson(response);
    if (response.ok) {
      return answer as T;
    }
    throw errorFrom(response, answer);
  }
}

/** Make a path out of parts, each of which may hold any character. */
export function pathOf(...parts: string[]): string {
  return parts.map(part => encodeURIComponent(part)).join('/');
}

export function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') {
        given.append(name, String(one));
      }
    }
  }
  const text = given.toString();
  return text ? `?${text}` : '';
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function errorFrom(response: Response, answer: unknown): ApiError {
  const told = (answer ?? {}) as { message?: string; hint?: string; problems?: Problem[] };
  const message =
    response.status === 404 && told.hint === undefined
      ? 'the server extension of nbreduce is not loaded'
      : (told.message ?? response.statusText);
  return new ApiError(message, response.status, told.hint, told.problems);
}
