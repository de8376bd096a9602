import { SesswatchError } from '../../errors.js';
import type { ProcessSource, SourceName } from '../scan.js';

/** The live sources, each made only when it is chosen. */
export interface SourceMakers {
  readonly procfs: () => Promise<ProcessSource>;
  readonly ps: () => Promise<ProcessSource>;
  readonly cim: () => Promise<ProcessSource>;
  readonly portable: () => Promise<ProcessSource>;
}

export type LiveSourceName = Exclude<SourceName, 'recorded'>;

/**
 * The best source of a platform, or the one that was asked for.
 * @throws SesswatchError `usage` when that one cannot work on this platform.
 */
export function chooseSource(
  platform: NodeJS.Platform,
  asked: LiveSourceName | undefined,
  makers: SourceMakers,
): Promise<ProcessSource> {
  const name = asked ?? bestOf(platform);
  if (name === 'procfs' && platform !== 'linux' && platform !== 'android') {
    throw new SesswatchError('usage', 'the source procfs needs Linux', 'leave --source out');
  }
  if (name === 'cim' && platform !== 'win32') {
    throw new SesswatchError('usage', 'the source cim needs Windows', 'leave --source out');
  }
  if (name === 'ps' && platform === 'win32') {
    throw new SesswatchError('usage', 'the source ps needs a POSIX system', 'leave --source out');
  }
  return makers[name]();
}

function bestOf(platform: NodeJS.Platform): LiveSourceName {
  switch (platform) {
    case 'linux':
    case 'android':
      return 'procfs';
    case 'win32':
      return 'cim';
    default:
      return 'ps';
  }
}
