import { connection } from './api/index.ts';
import { controls } from './controls/index.ts';
import { outputs } from './outputs/index.ts';
import { plots } from './plots/index.ts';
import { records } from './records/index.ts';
import { watch } from './watch/index.ts';

export default [connection, controls, outputs, plots, records, watch];
