import { SesswatchError } from '../../../errors.js';
import type { MetricFormat } from '../../../output/metrics/text.js';
import type { Command } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { measure, writeTextfile } from '../../look/metrics-file.js';
import { openWorld, refuseFrom } from '../../look/world.js';

interface Options {
  readonly textfile?: string;
  readonly format?: MetricFormat;
}

/** What runs, as Prometheus reads it. An incomplete scan says that it is, and nothing of what it saw. */
export const metrics: Command<Options> = async (invocation, options) => {
  refuseFrom(options, 'metrics are of this machine');
  if (options.json === true) throw new SesswatchError('usage', 'metrics are no JSON', 'sesswatch snapshot --json');
  const { textfile, format = 'prometheus' } = options;
  if (textfile !== undefined && format === 'openmetrics') {
    throw new SesswatchError('usage', 'a textfile has to be in the prometheus format', 'leave --format out');
  }
  const world = await openWorld(invocation, options);
  const { text, document } = await measure(invocation, options, world, format);
  if (textfile === undefined) invocation.out(text);
  else writeTextfile(invocation, textfile, text);
  return completeness(invocation, document);
};
