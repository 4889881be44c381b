import type { components } from '../api/schema.ts';

type Schemas = components['schemas'];

export type CopyAnswer = Schemas['CopyAnswer'];
export type FailureKind = Schemas['FailureKind'];
export type ReductionLine = Schemas['ReductionLine'];
export type RunLine = Schemas['RunLine'];
export type State = Schemas['State'];
