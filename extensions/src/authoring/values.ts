/** The part of a JSON Schema that a plain form needs. */
export interface ISchema {
  properties?: Record<string, { default?: unknown; description?: string; unit?: string }>;
}

/** A parameter as a line of a form: its default as text. */
export interface IField {
  name: string;
  text: string;
  help: string;
}

export function fieldsOf(schema: ISchema | null | undefined): IField[] {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    text: textOf(property.default),
    help: [property.unit, property.description].filter(Boolean).join(' · ')
  }));
}

/** The values that are not the defaults any more: JSON where the text is some, else the text as it stands. */
export function changedValues(fields: readonly IField[], texts: Record<string, string>): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const field of fields) {
    const text = texts[field.name];
    if (text !== undefined && text.trim() !== field.text) {
      changed[field.name] = valueOf(text.trim());
    }
  }
  return changed;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
