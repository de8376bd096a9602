/**
 * Linux hands the children of a dead process to the nearest ancestor that asked for them: a child subreaper,
 * prctl(2) PR_SET_CHILD_SUBREAPER. Under one, nothing that descends from a command can leave unseen, not even by
 * a double fork with a new session and a cleared environment. Node cannot make that call, so a few lines of Perl
 * or Python do, where one of them is installed: they start the command, collect what dies, and say on descriptor 3
 * what happens:
 *
 *     ready            the call was made; nothing is started yet
 *     pid N            the command runs
 *     fail ENOENT      it could not be executed
 *     exit N           it ended by itself
 *     signal N         it was ended by a signal
 *
 * The helper ends when nothing is left below it, when it is killed, and when sesswatch dies (PR_SET_PDEATHSIG).
 * It ignores the signals that a terminal sends to everyone, so that the command alone decides what they mean.
 */
export interface SubreaperProgram {
  readonly name: 'perl' | 'python3';
  readonly path: string;
  /** What stands before the command and its arguments. */
  readonly args: readonly string[];
}

/** Names the variables that the helper takes back, itself among them. */
export const UNSET_VARIABLE = 'SESSWATCH_HELPER_UNSET';

/** Number of prctl in the system call tables of Linux, by Node's names of architectures. */
const PRCTL: Readonly<Partial<Record<string, number>>> = {
  x64: 157,
  arm64: 167,
  riscv64: 167,
  loong64: 167,
  arm: 172,
  ia32: 172,
  ppc64: 171,
  s390x: 172,
};

/**
 * The helpers that could be used here, best first, by absolute path: whatever PATH names could be a shim that starts
 * others. Not one of them is started. Perl has to know the number of the call; Python asks the C library.
 */
export function subreaperPrograms(
  platform: NodeJS.Platform,
  architecture: string,
  exists: (path: string) => boolean,
): SubreaperProgram[] {
  if (platform !== 'linux') return [];
  const prctl = PRCTL[architecture];
  const perl = { name: 'perl', path: '/usr/bin/perl', args: ['-e', PERL, String(prctl)] } as const;
  const pythons = ['/usr/bin/python3', '/usr/local/bin/python3'].map(
    (path) => ({ name: 'python3', path, args: ['-I', '-S', '-c', PYTHON] }) as const,
  );
  return [...(prctl === undefined ? [] : [perl]), ...pythons].filter(({ path }) => exists(path));
}

const PERL = `
use POSIX ();
my $prctl = shift @ARGV;
sub say3 { my $line = "$_[0]\\n"; POSIX::write(3, $line, length $line); }
exit 97 if syscall($prctl, 36, 1, 0, 0, 0) != 0;
syscall($prctl, 1, 9, 0, 0, 0);
$SIG{$_} = 'IGNORE' for qw(INT QUIT HUP TERM USR1 USR2 PIPE);
say3('ready');
my $pid = fork();
exit 98 unless defined $pid;
if ($pid == 0) {
  $SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP TERM USR1 USR2 PIPE);
  open(my $channel, '>&=', 3);
  require Fcntl;
  fcntl($channel, Fcntl::F_SETFD(), Fcntl::FD_CLOEXEC());
  delete $ENV{$_} for split /,/, delete $ENV{${UNSET_VARIABLE}};
  no warnings;
  exec { $ARGV[0] } @ARGV;
  my $name = $!{ENOENT} || $!{ENOTDIR} ? 'ENOENT' : $!{EACCES} ? 'EACCES' : 'E' . ($! + 0);
  say3("fail $name");
  POSIX::_exit($name eq 'ENOENT' ? 127 : 126);
}
say3("pid $pid");
while (1) {
  my $gone = waitpid(-1, 0);
  if ($gone == $pid) { say3($? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8)); }
  elsif ($gone < 0 && !$!{EINTR}) { last; }
}
`;

const PYTHON = `
import ctypes, errno, fcntl, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(36, 1, 0, 0, 0) != 0: sys.exit(97)
libc.prctl(1, 9, 0, 0, 0)
names = ('SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE')
ignored = [getattr(signal, name) for name in names]
for one in ignored: signal.signal(one, signal.SIG_IGN)
def say(text): os.write(3, (text + '\\n').encode())
say('ready')
pid = os.fork()
if pid == 0:
    for one in ignored + [signal.SIGXFSZ]: signal.signal(one, signal.SIG_DFL)
    fcntl.fcntl(3, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    for name in os.environ.pop('${UNSET_VARIABLE}').split(','): os.environ.pop(name, None)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        if error.errno == errno.ENOEXEC:
            try: os.execv('/bin/sh', ['/bin/sh'] + sys.argv[1:])
            except OSError as other: error = other
        name = 'ENOENT' if error.errno in (errno.ENOENT, errno.ENOTDIR) else errno.errorcode.get(error.errno, 'E?')
        say('fail ' + name)
        os._exit(127 if name == 'ENOENT' else 126)
say('pid %d' % pid)
while True:
    try: gone, status = os.waitpid(-1, 0)
    except ChildProcessError: break
    if gone == pid:
        say('signal %d' % os.WTERMSIG(status) if os.WIFSIGNALED(status) else 'exit %d' % os.WEXITSTATUS(status))
`;
