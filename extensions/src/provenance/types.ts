import type { components } from '../api/schema.ts';

type Schemas = components['schemas'];

export type Attempt = Schemas['Attempt'];
export type CellTiming = Schemas['CellTiming'];
export type InputCheck = Schemas['InputCheck'];
export type InputChecks = Schemas['InputChecks'];
export type LogPart = Schemas['LogPart'];
export type Manifest = Schemas['Manifest'];
export type Output = Schemas['Output'];
export type OutputKind = Schemas['OutputKind'];
export type Provenance = Schemas['ProvenanceAnswer'];
export type Push = Schemas['Push'];
export type ReductionAnswer = Schemas['ReductionAnswer'];
export type Source = Schemas['Source'];
export type State = Schemas['State'];
export type UsedValue = Schemas['UsedValue'];
