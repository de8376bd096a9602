import type { Evidence } from '../judgement.js';
import type { OwnerFinding } from '../owner/finding.js';
import { evidence, named } from './words.js';

/** The live owner, the lack of one, or why neither can be told. */
export function ownerEvidence(finding: OwnerFinding): Evidence {
  switch (finding.state) {
    case 'owned': {
      const { owner } = finding;
      const who =
        owner === undefined
          ? finding.because
          : owner.pid === undefined
            ? owner.name
            : named({ pid: owner.pid, name: owner.name });
      return evidence('owner', 'live', 3, who, `works for ${who}`);
    }
    case 'ownerless':
      return evidence('no-owner', 'orphan', 3, finding.because, `nobody above it: ${finding.because}`);
    case 'unknown':
      return evidence('unreadable', 'note', 1, finding.because, `its owner is not known: ${finding.because}`);
  }
}

/** That this container's pid 1, or an adopter, is an application, so that being its child proves nothing. */
export function applicationEvidence(finding: OwnerFinding): Evidence | undefined {
  const { application } = finding;
  if (application === undefined) return undefined;
  return evidence(
    'application-init',
    'note',
    1,
    application,
    `${application} adopts orphans here and starts programs too: being its child proves nothing by itself`,
  );
}
