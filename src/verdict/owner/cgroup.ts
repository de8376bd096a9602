/** The service manager's unit that a process runs in, as its cgroup says. */
export interface Unit {
  readonly name: string;
  /**
   * `supervised`: a service whose processes the service manager looks after. `starts-others`: a service that
   * starts people's programs (cron, sshd): being left in it says only where a process came from.
   */
  readonly kind: 'supervised' | 'starts-others';
}

/**
 * The innermost `*.service` of a cgroup path. `user@N.service` is the person's own service manager, and everything
 * that a desktop or a login starts is below it: by itself it supervises nobody.
 */
export function unitOf(cgroup: string): Unit | undefined {
  // OpenRC puts each service into a group `openrc.NAME`; it has no other kind.
  const services = cgroup.split('/').filter((part) => part.endsWith('.service') || part.startsWith('openrc.'));
  const innermost = services[services.length - 1];
  if (innermost === undefined || /^user@\d+\.service$/.test(innermost)) return undefined;
  return { name: innermost, kind: STARTS_OTHERS.test(innermost) ? 'starts-others' : 'supervised' };
}

const STARTS_OTHERS =
  /^(cron|crond|cronie|anacron|fcron|atd|sshd?|sshd@.*|dropbear|getty@.*|serial-getty@.*|console-getty|gdm3?|sddm|lightdm|display-manager|xrdp(-sesman)?)\.service$/;
