import { SesswatchError } from '../../../errors.js';
import type { ProcessSource } from '../../scan.js';

/**
 * PowerShell's answer, or where it gives none the names that ps-list tells: enough to say what may be there, never
 * enough to say that nothing is, so that such a scan is incomplete.
 */
export function createCimOrNamesSource(cim: ProcessSource, names: ProcessSource): ProcessSource {
  let used = cim;
  return {
    get name() {
      return used.name;
    },
    async scan(request) {
      if (used === names) return names.scan(request);
      try {
        return await cim.scan(request);
      } catch (error) {
        if (!(error instanceof SesswatchError) || error.code !== 'incomplete-scan') throw error;
        // A scan of our own that fails too says more than its reason would here.
        const scan = await names.scan(request);
        used = names;
        const problem = { what: error.message, hint: error.hint };
        return { ...scan, complete: false, problems: [problem, ...scan.problems] };
      }
    },
    detail: (records, wanted) => used.detail(records, wanted),
    identify: (pid) => used.identify(pid),
  };
}
