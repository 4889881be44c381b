/** A translator for tests: what is said stays English. */
const fill = (text: string, ...parts: unknown[]): string =>
  parts.reduce<string>((done, part, index) => done.replaceAll(`%${index + 1}`, String(part)), text);

export const trans = {
  __: fill,
  _n: (one: string, many: string, n: number) => fill(n === 1 ? one : many, n)
} as never;
