/**
 * Ends a whole tree on Windows, by the package `tree-kill` (`taskkill /pid N /T /F`); imported only when it is used.
 * The pid must have been verified right before.
 */
export async function treeKill(pid: number): Promise<void> {
  const { default: kill } = await import('tree-kill');
  await new Promise<void>((resolve, reject) => {
    kill(pid, 'SIGKILL', (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}
