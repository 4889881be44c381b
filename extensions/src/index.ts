import { connection } from './api/index.ts';
import { compare } from './compare/index.ts';
import { controls } from './controls/index.ts';
import { outputs } from './outputs/index.ts';
import { plots } from './plots/index.ts';
import { records } from './records/index.ts';

export default [compare, connection, controls, outputs, plots, records];
